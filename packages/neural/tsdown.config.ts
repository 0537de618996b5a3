import { type UserConfig } from 'tsdown'

const config: UserConfig = {
  entry: { index: 'src/index.ts', worker: 'src/onnx/worker.ts' },
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
}
export default config
