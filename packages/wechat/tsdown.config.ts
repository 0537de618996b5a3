import { type UserConfig } from 'tsdown'

const config: UserConfig = {
  entry: ['src/index.ts'],
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
}
export default config
