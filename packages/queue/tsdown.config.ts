import { type UserConfig } from 'tsdown'

const config: UserConfig = {
  entry: ['src/index.ts'],
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
  // Editors read them in the types; leaving them out here saves a fifth of what is installed.
  outputOptions: { comments: { jsdoc: false } },
}
export default config
