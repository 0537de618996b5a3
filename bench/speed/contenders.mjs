import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createEngine } from '@unplugin-hd/engine'

const NEURAL = new URL('../../packages/neural/', import.meta.url)
const read = (name) => readFileSync(new URL(`models/${name}`, NEURAL))

export const CONTENDERS = ['engine', 'onnxruntime-node', 'onnxruntime-web']

/** The built-in network by the engine, or its ONNX file by a runtime. @returns {Promise<{ run(image): Promise<unknown>, close(): unknown }>} */
export async function open(name, threads) {
  if (name === 'engine') {
    const engine = createEngine(read('hd-x2.hdw'), { threads })
    return { run: (image) => engine.upscale(image), close: () => engine.close() }
  }
  const ort = createRequire(new URL('package.json', NEURAL))(name)
  // What was chosen with the first session of a process stays; onnxruntime-web is told before.
  if (name === 'onnxruntime-web') ort.env.wasm.numThreads = threads
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 }
  const session = await ort.InferenceSession.create(read('hd-x2.onnx'), options)
  const run = ({ width, height, data }) => session.run({ image: new ort.Tensor('uint8', data, [1, height, width, 3]) })
  return { run, close: () => session.release() }
}

export function createImage(width, height) {
  return { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, index) => (index * 7919) % 251) }
}
