// How fast is the engine, and neural() on it? Each beside what it is to be compared with, taken in turn:
// 1. the built-in network by the engine, onnxruntime-node and onnxruntime-web, each in a process of its own: milliseconds (the best
//    and the median; the ratio of processor times says more when others use the machine), what
//    share of the peak of a core the engine's products reach, the start beyond the work (process start to first result, less the best of the later ones),
//    and peak memory;
// 2. whole upscale() calls of neural() in output megapixels per second beside UpscalerJS on the same photos.
import { parseArgs } from 'node:util'
import { neural } from '@unplugin-hd/neural'
import { printMachine } from './machine.mjs'
import { openUpscalerJs } from './peers/upscalerjs.mjs'
import { HELD_OUT, readImages } from './quality/images.mjs'
import { measureClock } from './speed/clock.mjs'
import { CONTENDERS } from './speed/contenders.mjs'
import { PEAK_PER_CYCLE, WINOGRAD } from './speed/network.mjs'
import { race } from './speed/race.mjs'
import { median } from './statistics.mjs'

const HELP = `pnpm bench speed [options]
  --sizes A,B    (default: 200x150,256x256,512x512,1200x800,4000x3000)
  --threads A,B  (default: 1,2)
  --rounds N     (default: 5; 1 for the largest)
  --no-large     leaves 4000x3000 out, which takes minutes
  --no-peers     leaves UpscalerJS out
  --no-whole     leaves neural() and UpscalerJS out
  --json         prints JSON instead of lines`

const LARGE_PIXELS = 4e6
const STARTS = 3
const silent = { debug() {}, info() {}, warn() {} }
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '200x150,256x256,512x512,1200x800,4000x3000' },
    threads: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '5' },
    'no-large': { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    'no-whole': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const ROUNDS = Number(values.rounds)
const THREADS = values.threads.split(',').map(Number)
const say = (line) => values.json || console.log(line)

if (values.help) console.log(HELP)
else await main()

async function main() {
  if (!values.json) printMachine(['@unplugin-hd/engine', '@unplugin-hd/neural', 'onnxruntime-node', 'onnxruntime-common'])
  const clock = measureClock()
  say(
    `${clock.toFixed(2)} GHz, so ${(clock * PEAK_PER_CYCLE).toFixed(1)} thousand million multiply-adds a second and core at most\n`,
  )
  const result = { clock, network: [], whole: [] }
  for (const threads of THREADS) result.network.push(...(await measureNetwork(threads, clock)))
  if (!values['no-whole']) result.whole = await measureWhole()
  if (values.json) console.log(JSON.stringify(result, undefined, 1))
}

async function measureNetwork(threads, clock) {
  const rows = []
  for (const size of values.sizes.split(',')) {
    const [width, height] = size.split('x').map(Number)
    const isLarge = width * height > LARGE_PIXELS
    if (isLarge && values['no-large']) continue
    const results = await race(CONTENDERS, { threads, width, height, rounds: isLarge ? 1 : ROUNDS, starts: isLarge ? 1 : STARTS })
    say(`${size}, ${threads} thread${threads === 1 ? '' : 's'}`)
    const { best: own, middle, cpu } = summarize(results['engine'])
    for (const [name, each] of Object.entries(results)) {
      const summary = summarize(each)
      const share = (WINOGRAD * width * height) / (own * 1e6 * clock * PEAK_PER_CYCLE * threads)
      const compared =
        name === 'engine'
          ? `${(100 * share).toFixed(0)} % of the peak`
          : `${(summary.best / own).toFixed(2)} times as long (median ${(summary.middle / middle).toFixed(2)}, processor time ${(summary.cpu / cpu).toFixed(2)})`
      const memory = each.peak === undefined ? '' : `, ${each.peak.toFixed(0)} MB`
      say(
        `  ${name.padEnd(17)}${summary.best.toFixed(1).padStart(8)} ms, median ${summary.middle.toFixed(1)}; ${compared}; start ${summary.start.toFixed(0)} ms${memory}`,
      )
      rows.push({ name, size, threads, ...summary, peak: each.peak, ...(name === 'engine' && { shareOfPeak: share }) })
    }
  }
  return rows
}

function summarize({ times, first }) {
  const best = Math.min(...times.map(({ time }) => time))
  return {
    best,
    middle: median(times.map(({ time }) => time)),
    cpu: Math.min(...times.map(({ cpu }) => cpu)),
    start: first - best,
  }
}

async function measureWhole() {
  const methods = {}
  const peer = values['no-peers'] ? undefined : await openUpscalerJs()
  if (peer) methods['UpscalerJS'] = peer
  for (const threads of THREADS) methods[`neural(), ${threads} thread${threads === 1 ? '' : 's'}`] = neural({ threads })
  const photos = []
  for await (const photo of readImages(HELD_OUT)) if (photo.kind === 'photo') photos.push(photo)
  const megapixels = photos.reduce((sum, { width, height }) => sum + (4 * width * height) / 1e6, 0)
  const speeds = Object.fromEntries(Object.keys(methods).map((name) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, upscaler] of Object.entries(methods)) {
      // Warming up takes one photo.
      const some = round === 0 ? photos.slice(0, 1) : photos
      const begun = performance.now()
      for (const photo of some) await double(upscaler, photo)
      if (round > 0) speeds[name].push((1000 * megapixels) / (performance.now() - begun))
    }
  }
  for (const upscaler of Object.values(methods)) await upscaler.close()
  say('\nWhole photos, output MP/s')
  const base = speeds['UpscalerJS'] && median(speeds['UpscalerJS'])
  return Object.entries(speeds).map(([name, each]) => {
    const speed = median(each)
    const ratio = base && speed / base
    say(`  ${name.padEnd(22)}${speed.toFixed(2)}${ratio ? `, ${ratio.toFixed(1)} times UpscalerJS` : ''}`)
    return { name, speed, ratio }
  })
}

function double(upscaler, { width, height, data }) {
  const pixels = async () => ({ width, height, data: Uint8Array.from(data) })
  const context = { signal: new AbortController().signal, log: silent, onProgress() {} }
  return upscaler.upscale({ width, height, pixels }, context)
}
