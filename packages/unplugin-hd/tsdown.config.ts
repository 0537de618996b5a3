import { type UserConfig } from 'tsdown'

const config: UserConfig = {
  entry: ['src/{index,vite,rollup,rolldown,webpack,rspack,esbuild,bun,astro,nuxt,wechat,cli,webpack-loader}.ts'],
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
}
export default config
