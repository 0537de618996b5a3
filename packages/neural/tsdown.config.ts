import { copyFile, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type UserConfig } from 'tsdown'

const here = import.meta.dirname

/**
 * onnxruntime-web weighs 139 MB, since it holds every build for every browser. Node needs these three files of it (14 MB)
 * beside onnxruntime-common, so they travel with this package.
 */
async function copyWasmRuntime(): Promise<void> {
  const source = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
  const target = join(here, 'dist/ort')
  await mkdir(target, { recursive: true })
  for (const file of ['ort.node.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
    await copyFile(join(source, file), join(target, file))
  }
  await copyFile(join(here, 'licenses/onnxruntime.txt'), join(target, 'LICENSE'))
}

const config: UserConfig = {
  entry: { index: 'src/index.ts', worker: 'src/onnx/worker.ts' },
  dts: true,
  tsconfig: '../../tsconfig.json',
  logLevel: 'warn',
  onSuccess: copyWasmRuntime,
}
export default config
