import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterEach, describe, expect, test } from 'vitest'
// The built package, because workers cannot load TypeScript on Node 20.
import { neural, type NeuralOptions } from '../dist/index.mjs'
import { createContext, drawImage, largestDifference, repeatPixels, toInput } from './testing/images.ts'

const open: Upscaler[] = []
afterEach(async () => {
  for (const upscaler of open.splice(0)) await upscaler.close?.()
})

function create(options?: NeuralOptions): Upscaler {
  const upscaler = neural(options)
  open.push(upscaler)
  return upscaler
}

async function double(upscaler: Upscaler, image: Pixels, context = createContext()): Promise<Pixels> {
  return (await upscaler.upscale(toInput(image), context)) as Pixels
}

/** The workers that start while `work` runs. */
async function workersOf(work: () => Promise<unknown>): Promise<Worker[]> {
  const workers: Worker[] = []
  const note = (worker: Worker) => void workers.push(worker)
  process.on('worker', note)
  try {
    await work()
  } finally {
    process.off('worker', note)
  }
  return workers
}

const digestOf = ({ data }: Pixels): string => createHash('sha256').update(data).digest('hex')

describe.each(['fast', 'quality'] as const)("the model '%s'", (model) => {
  test.each([
    [1, 1],
    [1, 60],
    [60, 1],
    [3, model === 'fast' ? 5000 : 700],
    [2, 2],
    [151, 101],
  ])('doubles an image of %i x %i to the same bytes with 1, 2 and 5 threads', async (width, height) => {
    const image = drawImage(width, height)
    const results = await Promise.all([1, 2, 5].map((threads) => double(create({ model, threads }), image)))
    for (const result of results) {
      expect(result).toMatchObject({ width: 2 * width, height: 2 * height })
      expect(result.data).toHaveLength(12 * width * height)
      expect(digestOf(result)).toBe(digestOf(results[0]!))
    }
  })

  test('keeps the colour of flat areas', async () => {
    const image = { width: 40, height: 30, data: new Uint8Array(3600).map((_, index) => [200, 90, 30][index % 3]!) }
    const { data } = await double(create({ model }), image)
    // Away from the border, where the zero padding shows.
    const repeated = repeatPixels(image)
    for (let y = 24; y < 36; y++) {
      const row = [3 * (80 * y + 24), 3 * (80 * y + 56)] as const
      expect(largestDifference(data.subarray(...row), repeated.subarray(...row))).toBeLessThanOrEqual(3)
    }
  })

  test('does not block the event loop, and reports progress that rises to 1', async () => {
    let turns = 0
    let running = true
    const turn = () => {
      turns++
      if (running) setImmediate(turn)
    }
    const fractions: number[] = []
    const upscaler = create({ model, threads: 1 })
    await double(upscaler, drawImage(8, 8))
    turn()
    await double(upscaler, drawImage(200, 200), createContext({ onProgress: (fraction) => fractions.push(fraction) }))
    running = false
    expect(turns).toBeGreaterThan(100)
    expect(fractions.length).toBeGreaterThan(model === 'fast' ? 1 : 8)
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
    expect(fractions.at(-1)).toBe(1)
  })

  test('stops on abort, and makes the next image', async () => {
    const upscaler = create({ model })
    const controller = new AbortController()
    const context = createContext({ signal: controller.signal, onProgress: () => controller.abort('enough') })
    await expect(double(upscaler, drawImage(400, 400), context)).rejects.toMatchObject({ code: 'HD_ABORTED', cause: 'enough' })
    expect(await double(upscaler, drawImage(40, 40))).toMatchObject({ width: 80, height: 80 })
  })
})

test('the built-in model agrees with its ONNX file in ONNX Runtime, within one level', async () => {
  const image = drawImage(150, 101)
  const model = fileURLToPath(new URL('../models/hd-x2.onnx', import.meta.url))
  const engine = await double(create(), image)
  const runtime = await double(create({ model, runtime: 'native', tile: 256 }), image)
  // Custom models are padded to multiples of 16 by repeating borders, the engine pads with zeros: the last columns and rows differ.
  for (let y = 0; y < 202 - 26; y++) {
    const [from, to] = [900 * y, 900 * y + 3 * (300 - 26)]
    expect(largestDifference(engine.data.subarray(from, to), runtime.data.subarray(from, to))).toBeLessThanOrEqual(1)
  }
})

test('fifty concurrent calls each get their own image', async () => {
  const upscaler = create()
  const images = Array.from({ length: 50 }, (_, index) => drawImage(10 + (index % 7), 10 + (index % 11)))
  const results = await Promise.all(images.map((image) => double(upscaler, image)))
  for (const [index, image] of images.entries()) {
    expect(results[index]).toMatchObject({ width: 2 * image.width, height: 2 * image.height })
    expect(digestOf(results[index]!)).toBe(digestOf(await double(upscaler, image)))
  }
})

test('upscalers with equal threads share workers, which end with the last upscaler and can start again', async () => {
  const one = create({ threads: 1 })
  const other = create({ threads: 1, model: 'quality' })
  const image = drawImage(12, 12)
  expect(await workersOf(() => Promise.all([double(one, image), double(other, image)]))).toHaveLength(1)
  await one.close?.()
  expect(await workersOf(() => double(other, image))).toHaveLength(0)
  await other.close?.()
  expect(await workersOf(() => double(one, image))).toHaveLength(1)
})

test('the built-in model starts at most as many workers as it has threads', async () => {
  const workers = await workersOf(() => double(create({ threads: 2 }), drawImage(300, 300)))
  expect(workers.length).toBeGreaterThan(0)
  expect(workers.length).toBeLessThanOrEqual(2)
})

test('close() rejects the images in progress', async () => {
  const upscaler = create()
  let closing: Promise<void> | undefined
  const context = createContext({ onProgress: () => (closing ??= upscaler.close!()) })
  await expect(double(upscaler, drawImage(600, 600), context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  await closing
})

test.each<[string, NeuralOptions]>([
  ['of the engine', { threads: 1 }],
  [
    'of ONNX Runtime',
    { model: fileURLToPath(new URL('../models/hd-x2.onnx', import.meta.url)), runtime: 'wasm', threads: 1, tile: 80 },
  ],
])('a crash of a worker %s fails only its image', async (_, options) => {
  const upscaler = create(options)
  const started = once(process, 'worker') as Promise<[Worker]>
  const context = createContext({ onProgress: () => void started.then(([worker]) => worker.terminate()) })
  await expect(double(upscaler, drawImage(600, 400), context)).rejects.toMatchObject({ name: 'HdError', code: 'HD_RUNTIME' })
  await expect(double(upscaler, drawImage(9, 9))).resolves.toMatchObject({ width: 18, height: 18 })
})

test('an error thrown by the progress callback rejects its image', async () => {
  const upscaler = create()
  const context = createContext({
    onProgress: () => {
      throw new Error('the display is gone')
    },
  })
  await expect(double(upscaler, drawImage(64, 64), context)).rejects.toThrow('the display is gone')
  await expect(double(upscaler, drawImage(9, 9))).resolves.toMatchObject({ width: 18, height: 18 })
})

test('pixels of the wrong length are refused', async () => {
  const input = { ...toInput(drawImage(4, 4)), pixels: async () => ({ width: 4, height: 4, data: new Uint8Array(64) }) }
  await expect(create().upscale(input, createContext())).rejects.toMatchObject({ code: 'HD_RUNTIME', message: /3 x 4 x 4.*64/ })
})

test('an aborted signal prevents reading pixels', async () => {
  const input = { ...toInput(drawImage(4, 4)), pixels: () => Promise.reject(new Error('asked')) }
  const context = createContext({ signal: AbortSignal.abort() })
  await expect(create().upscale(input, context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
})

test('an image that cannot be decoded does not affect others', async () => {
  const upscaler = create()
  const input = { ...toInput(drawImage(4, 4)), pixels: () => Promise.reject(new Error('truncated')) }
  await expect(upscaler.upscale(input, createContext())).rejects.toThrow('truncated')
  await expect(double(upscaler, drawImage(9, 9))).resolves.toMatchObject({ width: 18, height: 18 })
})

test('waiting images hold no pixels: at most one per thread and one more do', async () => {
  const upscaler = create({ threads: 2 })
  let asked = 0
  let decode: (() => void) | undefined
  const decoded = new Promise<void>((resolve) => (decode = resolve))
  const pixels = async () => {
    asked++
    await decoded
    return drawImage(20, 20)
  }
  const work = Array.from({ length: 12 }, async () => {
    return upscaler.upscale({ ...toInput(drawImage(20, 20)), pixels }, createContext())
  })
  await new Promise(setImmediate)
  expect(asked).toBe(3)
  decode!()
  await Promise.all(work)
  expect(asked).toBe(12)
})
