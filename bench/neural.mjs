// What does neural() cost beside the bare network? For each tile size, in turn: a whole upscale(), and the session.run calls
// of the same tiles in a worker of their own. Prints the best of each, their ratio, the first upscale() with its cold start,
// and the peak memory of the process (Linux).
//   --runtime native|wasm, --threads 2, --tile 512 (several with commas), --size 1200x800, --rounds 5, --no-bare
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { neural } from '@unplugin-hd/neural'
import { printMachine } from './machine.mjs'
import { loadSource } from './source.mjs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const NEURAL = new URL('../packages/neural/', import.meta.url)
/** Of the built-in network. */
const OVERLAP = 12

async function serveBareRuns({ runtime, threads }) {
  const ort =
    runtime === 'native'
      ? createRequire(import.meta.url)('onnxruntime-node')
      : await import(new URL('dist/ort/ort.node.min.mjs', NEURAL).href)
  if (runtime === 'wasm') ort.env.wasm.numThreads = threads
  const model = readFileSync(new URL('models/hd-x2.onnx', NEURAL))
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: threads, interOpNumThreads: 1 })
  parentPort.on('message', async ({ count, width, height }) => {
    const image = new ort.Tensor('uint8', createPicture(width, height).data, [1, height, width, 3])
    const start = performance.now()
    for (let index = 0; index < count; index++) await session.run({ image })
    parentPort.postMessage(performance.now() - start, [])
  })
}

function createPicture(width, height) {
  const data = new Uint8Array(3 * width * height)
  let seed = 1
  for (let index = 0; index < data.length; index++) {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    data[index] = ((index / 3) % width) * 0.2 + (seed >> 24)
  }
  return { width, height, data }
}

function peakMegabytes() {
  if (process.platform !== 'linux') return NaN
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1000
}

const nothing = () => {}
/** Of all but the first, which is warm-up. */
const best = (times) => Math.min(...times.slice(1))
const text = (fallback) => ({ type: 'string', default: fallback })

async function measure(settings, width, height, rounds, bare) {
  const upscaler = neural(settings)
  const log = { debug: nothing, info: nothing, warn: console.warn }
  const context = { signal: new AbortController().signal, log, onProgress: nothing }
  const upscale = async () => {
    const source = createPicture(width, height)
    const start = performance.now()
    await upscaler.upscale({ width, height, pixels: async () => source }, context)
    return performance.now() - start
  }
  const { planAxis } = await loadSource('tiles.ts')
  const [across, down] = [width, height].map((length) => planAxis(length, { tile: settings.tile, overlap: OVERLAP }))
  const tiles = { count: across.spans.length * down.spans.length, width: across.edge, height: down.edge }
  const first = await upscale()
  const wholes = []
  const runs = []
  const worker = bare ? new Worker(new URL(import.meta.url), { workerData: settings }) : undefined
  // Taken in turn, so that a disturbance of the machine falls on both.
  for (let round = 0; round <= rounds; round++) {
    wholes.push(await upscale())
    if (worker) runs.push(await new Promise((done) => (worker.once('message', done), worker.postMessage(tiles, []))))
  }
  await worker?.terminate()
  await upscaler.close()
  const speed = (4 * width * height) / 1000 / best(wholes)
  const share = (tiles.count * tiles.width * tiles.height) / (width * height)
  const ratio = bare ? `, bare ${best(runs).toFixed(0)} ms, ratio ${(best(wholes) / best(runs)).toFixed(3)}` : ''
  console.log(
    `${settings.runtime} tile ${settings.tile}: ${tiles.count} of ${tiles.width}x${tiles.height} (${share.toFixed(2)} of the area), ` +
      `${best(wholes).toFixed(0)} ms = ${speed.toFixed(2)} output MP/s${ratio}, first ${first.toFixed(0)} ms, peak ${peakMegabytes().toFixed(0)} MB`,
  )
}

if (isMainThread) {
  printMachine(['@unplugin-hd/neural', 'onnxruntime-node', 'onnxruntime-common'])
  const options = { runtime: text('native'), threads: text('2'), tile: text('512'), size: text('1200x800'), rounds: text('5') }
  const { values } = parseArgs({ options: { ...options, 'no-bare': { type: 'boolean', default: false } } })
  const [width, height] = values.size.split('x').map(Number)
  for (const tile of values.tile.split(',').map(Number)) {
    const settings = { runtime: values.runtime, threads: Number(values.threads), tile }
    await measure(settings, width, height, Number(values.rounds), !values['no-bare'])
  }
} else {
  await serveBareRuns(workerData)
}
