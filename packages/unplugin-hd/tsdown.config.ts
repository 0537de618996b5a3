import { buildNextTypes } from './next-types.ts'
import { buildPages } from './pages/build.ts'
import { type UserConfig } from 'tsdown'

const config: UserConfig = {
  entry: [
    'src/{index,vite,rollup,rolldown,webpack,rspack,esbuild,bun,astro,nuxt,next,wechat,cli,webpack-loader,next-loader,jest,jest-planner}.ts',
  ],
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
  // Editors read them in the types; leaving them out here saves a fifth of what is installed.
  outputOptions: { comments: { jsdoc: false } },
  hooks: {
    'build:done': async () => {
      await buildPages()
      await buildNextTypes()
    },
  },
}
export default config
