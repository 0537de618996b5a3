// How fast is neural()? Three questions, each beside what it is to be compared with, taken in turn, so that a disturbance of
// the machine falls on both, and compared by medians:
// 1. the bare network in GFLOP/s beside a product of two 2048x2048 matrices in the same runtime with the same threads: of two
//    that are given (matmul), and of one with a constant (packed), which the runtime may prepare;
// 2. whole upscale() calls in output megapixels per second beside UpscalerJS on the same pictures, and in GFLOP/s beside the product;
// 3. the first result of a cold process, less the time of the same work in a warm one.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { neural } from '@unplugin-hd/neural'
import { printMachine } from './machine.mjs'
import { FLOP_PER_PIXEL } from './speed/network.mjs'
import { openUpscalerJs } from './peers/upscalerjs.mjs'
import { HELD_OUT, readPictures } from './quality/pictures.mjs'
import { median } from './statistics.mjs'

const HELP = `pnpm bench speed [options]
  --runtimes A,B  of native, wasm (default: both)
  --threads A,B   (default: 1,2)
  --rounds N      (default: 3)
  --tile N        of the bare network, in source pixels (default: 512, as neural() has it)
  --model FILE    another ONNX file of the same architecture for the bare network
  --no-peers      leaves UpscalerJS out
  --json          prints JSON instead of lines`

const WEIGHTS = fileURLToPath(new URL('../packages/neural/models/hd-x2.onnx', import.meta.url))
const silent = { debug() {}, info() {}, warn() {} }
const { values } = parseArgs({
  options: {
    runtimes: { type: 'string', default: 'native,wasm' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '3' },
    tile: { type: 'string', default: '512' },
    model: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(values.rounds)
const SETUPS = values.runtimes
  .split(',')
  .flatMap((runtime) => values.threads.split(',').map((threads) => ({ runtime, threads: Number(threads) })))
const say = (line) => values.json || console.log(line)

if (values.help) console.log(HELP)
else await main()

async function main() {
  if (!values.json) printMachine(['@unplugin-hd/neural', 'onnxruntime-node', 'onnxruntime-common'])
  const result = { bare: [], whole: [], cold: [] }

  say(`GFLOP/s of the bare network (tile ${values.tile}), of a 2048x2048 MatMul, and of one with a constant:`)
  for (const setup of SETUPS) {
    const { network, matmul, packed } = await measureBare(setup)
    result.bare.push({ ...setup, network, matmul, packed, ratio: network / matmul })
    const columns = [network, matmul, packed].map((speed) => speed.toFixed(0).padStart(5)).join('')
    say(
      `  ${label(setup)}${columns}: ${(network / matmul).toFixed(2)} times the second, ${(network / packed).toFixed(2)} the third`,
    )
  }

  say('\nWhole pictures, output MP/s:')
  const speeds = await measureWhole()
  for (const [name, speed] of Object.entries(speeds)) {
    const ratio = speeds['UpscalerJS'] === undefined ? undefined : speed / speeds['UpscalerJS']
    const setup = result.bare.find((each) => label(each) === name)
    const gflops = setup && (speed / 4) * (FLOP_PER_PIXEL / 1e3)
    const ofMatmul = setup && gflops / setup.matmul
    result.whole.push({ name, speed, ratio, gflops, ofMatmul })
    const times = [
      setup && `${gflops.toFixed(0)} GFLOP/s, ${ofMatmul.toFixed(2)} times the MatMul`,
      setup && ratio && `${ratio.toFixed(1)} times UpscalerJS`,
    ].filter(Boolean)
    say(`  ${name.padEnd(17)} ${speed.toFixed(2)}${times.length > 0 ? `: ${times.join('; ')}` : ''}`)
  }

  say('\nA cold process, ms to its first result beyond those of the work itself:')
  for (const runtime of values.runtimes.split(',')) {
    const beyond = measureCold(runtime)
    result.cold.push({ runtime, beyond })
    say(`  ${runtime.padEnd(17)} ${beyond.toFixed(0)}`)
  }
  if (values.json) console.log(JSON.stringify(result, undefined, 1))
}

async function measureBare({ runtime, threads }) {
  const workerData = { runtime, threads, tile: Number(values.tile), model: values.model ?? WEIGHTS }
  const worker = new Worker(new URL('speed/bare.mjs', import.meta.url), { workerData })
  const run = async (name) => {
    worker.postMessage(name, [])
    // Rejects when the worker fails.
    const [speed] = await once(worker, 'message')
    return speed
  }
  const speeds = { network: [], matmul: [], packed: [] }
  // The first round warms up.
  for (let round = 0; round <= 5 * ROUNDS; round++) {
    for (const name of Object.keys(speeds)) {
      const speed = await run(name)
      if (round > 0) speeds[name].push(speed)
    }
  }
  await worker.terminate()
  return Object.fromEntries(Object.entries(speeds).map(([name, each]) => [name, median(each)]))
}

async function measureWhole() {
  const methods = {}
  const peer = values['no-peers'] ? undefined : await openUpscalerJs()
  if (peer) methods['UpscalerJS'] = peer
  for (const setup of SETUPS) methods[label(setup)] = neural(setup)
  const pictures = []
  for await (const picture of readPictures(HELD_OUT)) if (picture.kind === 'photo') pictures.push(picture)
  const megapixels = pictures.reduce((sum, { width, height }) => sum + (4 * width * height) / 1e6, 0)
  const speeds = Object.fromEntries(Object.keys(methods).map((name) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, upscaler] of Object.entries(methods)) {
      // Warming up takes one picture.
      const some = round === 0 ? pictures.slice(0, 1) : pictures
      const begun = performance.now()
      for (const { width, height, data } of some) await double(upscaler, { width, height, data })
      if (round > 0) speeds[name].push((1000 * megapixels) / (performance.now() - begun))
    }
  }
  for (const upscaler of Object.values(methods)) await upscaler.close()
  return Object.fromEntries(Object.entries(speeds).map(([name, each]) => [name, median(each)]))
}

function double(upscaler, { width, height, data }) {
  const pixels = async () => ({ width, height, data: Uint8Array.from(data) })
  const context = { signal: new AbortController().signal, log: silent, onProgress() {} }
  return upscaler.upscale({ width, height, pixels }, context)
}

function measureCold(runtime) {
  const script = fileURLToPath(new URL('speed/cold.mjs', import.meta.url))
  const beyond = Array.from({ length: ROUNDS }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, runtime, '200', '150'], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    const { first, again } = JSON.parse(stdout)
    return first - again
  })
  return median(beyond)
}

function label({ runtime, threads }) {
  return `${runtime}, ${threads} thread${threads === 1 ? ' ' : 's'}`
}
