// What does neural() cost beside the bare engine? In turn: a whole upscale(), and the engine's own. Prints the best of each, their
// ratio, the first upscale() with its cold start, and the peak memory of the process (Linux).
//   --model fast|quality, --threads 2, --size 1200x800, --rounds 5, --no-bare
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createEngine } from '@unplugin-hd/engine'
import { neural } from '@unplugin-hd/neural'
import { printMachine } from './machine.mjs'

const WEIGHTS = new URL('../packages/neural/models/hd-x2.hdw', import.meta.url)

function createImage(width, height) {
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

async function time(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const nothing = () => {}
/** Of all but the first, which is warm-up. */
const best = (times) => Math.min(...times.slice(1))
const text = (fallback) => ({ type: 'string', default: fallback })

const options = { model: text('fast'), threads: text('2'), size: text('1200x800'), rounds: text('5') }
const { values } = parseArgs({ options: { ...options, 'no-bare': { type: 'boolean', default: false } } })
const { model } = values
const threads = Number(values.threads)
const [width, height] = values.size.split('x').map(Number)
printMachine(['@unplugin-hd/neural', '@unplugin-hd/engine'])

const source = createImage(width, height)
const upscaler = neural({ model, threads })
const log = { debug: nothing, info: nothing, warn: console.warn }
const context = { signal: new AbortController().signal, log, onProgress: nothing }
const whole = () => upscaler.upscale({ width, height, pixels: async () => source }, context)
const first = await time(whole)
const engine = values['no-bare'] ? undefined : createEngine(readFileSync(WEIGHTS), { threads })
const wholes = []
const bares = []
// Taken in turn, so that a disturbance of the machine falls on both.
for (let round = 0; round <= Number(values.rounds); round++) {
  wholes.push(await time(whole))
  if (engine) bares.push(await time(() => engine.upscale(source)))
}
await engine?.close()
await upscaler.close()
const speed = (4 * width * height) / 1000 / best(wholes)
const ratio = engine ? `, bare ${best(bares).toFixed(0)} ms, ratio ${(best(wholes) / best(bares)).toFixed(3)}` : ''
console.log(
  `${model}, ${threads} threads, ${width}x${height}: ${best(wholes).toFixed(0)} ms = ${speed.toFixed(2)} output MP/s${ratio}, ` +
    `first ${first.toFixed(0)} ms, peak ${peakMegabytes().toFixed(0)} MB`,
)
