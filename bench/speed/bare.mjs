// In a worker: the bare network on one tile, and products of two matrices, in one runtime.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { loadSource } from '../source.mjs'
import { FLOP_PER_PIXEL } from './network.mjs'

const NEURAL = new URL('../../packages/neural/', import.meta.url)
const EDGE = 2048

const { runtime, threads, tile, model } = workerData
const ort = await loadRuntime()
const options = { intraOpNumThreads: threads, interOpNumThreads: 1, enableMemPattern: false, logSeverityLevel: 3 }
const jobs = { network: await openNetwork(), matmul: await openProduct(false), packed: await openProduct(true) }

parentPort.on('message', async (name) => {
  const { session, feeds, flop } = jobs[name]
  const begun = performance.now()
  await session.run(feeds)
  parentPort.postMessage(flop / (performance.now() - begun) / 1e6, [])
})

async function loadRuntime() {
  if (runtime === 'native') return createRequire(import.meta.url)('onnxruntime-node')
  const wasm = await import(new URL('dist/ort/ort.node.min.mjs', NEURAL).href)
  wasm.env.wasm.numThreads = threads
  return wasm
}

async function openNetwork() {
  const session = await ort.InferenceSession.create(readFileSync(model), options)
  const data = Uint8Array.from({ length: 3 * tile * tile }, (_, index) => (index * 7919) % 251)
  const [input] = session.inputNames
  const flop = FLOP_PER_PIXEL * tile * tile
  return { session, feeds: { [input]: new ort.Tensor('uint8', data, [1, tile, tile, 3]) }, flop }
}

/** @param {boolean} packed one side is a constant, as weights are, so that the runtime may lay it out as it likes */
async function openProduct(packed) {
  const { encodeOnnx, node, floats } = await loadSource('testing/onnx.ts')
  const values = Array.from({ length: EDGE * EDGE }, (_, index) => ((index * 31) % 97) / 97)
  const shape = [EDGE, EDGE]
  const inputs = (packed ? ['a'] : ['a', 'b']).map((name) => ({ name, type: 'float32', shape }))
  const bytes = encodeOnnx({
    inputs,
    outputs: [{ name: 'c', type: 'float32', shape }],
    nodes: [node('MatMul', ['a', 'b'], 'c')],
    initializers: packed ? [floats('b', shape, values)] : [],
  })
  const session = await ort.InferenceSession.create(bytes, options)
  const matrix = new ort.Tensor('float32', Float32Array.from(values), shape)
  return { session, feeds: Object.fromEntries(inputs.map(({ name }) => [name, matrix])), flop: 2 * EDGE ** 3 }
}
