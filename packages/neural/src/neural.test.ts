import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
// The built package, since a worker cannot load TypeScript on Node 20.
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

/** Counts the workers that start while `work` runs. */
async function countWorkers(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const note = () => count++
  process.on('worker', note)
  try {
    await work()
  } finally {
    process.off('worker', note)
  }
  return count
}

describe.each([
  { runtime: 'native', threads: 2, width: 151, height: 101, tiles: [48, 64, 100] },
  { runtime: 'wasm', threads: 2, width: 75, height: 50, tiles: [48] },
] as const)('$runtime', ({ runtime, threads, width, height, tiles }) => {
  const image = drawImage(width, height)
  const upscaler = neural({ runtime, threads })
  afterAll(() => upscaler.close!())

  test('an image in tiles equals the image in one pass, byte for byte', async () => {
    const whole = await double(upscaler, image)
    expect(whole).toMatchObject({ width: 2 * width, height: 2 * height })
    for (const tile of tiles) {
      const cut = await double(create({ runtime, threads, tile }), image)
      expect(largestDifference(cut.data, whole.data), `tile ${tile}`).toBe(0)
    }
  })

  test.each([
    [1, 1],
    [1, 60],
    [60, 1],
    [3, runtime === 'native' ? 5000 : 700],
    [2, 2],
  ])('an image of %i x %i is doubled', async (w, h) => {
    const tiny = drawImage(w, h)
    const result = await double(upscaler, tiny)
    expect(result).toMatchObject({ width: 2 * w, height: 2 * h })
    expect(result.data).toHaveLength(12 * w * h)
  })
})

test('native and WASM, with one thread and with two, agree within one level', async () => {
  const image = drawImage(60, 45)
  const native = await double(create({ runtime: 'native', threads: 2 }), image)
  for (const options of [
    { runtime: 'native', threads: 1 },
    { runtime: 'wasm', threads: 1 },
    { runtime: 'wasm', threads: 2 },
  ] as const) {
    const other = await double(create(options), image)
    expect(largestDifference(native.data, other.data), JSON.stringify(options)).toBeLessThanOrEqual(1)
  }
})

test('the result looks like the image: flat areas keep their colour', async () => {
  const image = { width: 40, height: 30, data: new Uint8Array(3600).map((_, index) => [200, 90, 30][index % 3]!) }
  const { data } = await double(create(), image)
  // Away from the border, where the zero padding shows.
  const repeated = repeatPixels(image)
  for (let y = 24; y < 36; y++) {
    const row = [3 * (80 * y + 24), 3 * (80 * y + 56)] as const
    expect(largestDifference(data.subarray(...row), repeated.subarray(...row))).toBeLessThanOrEqual(3)
  }
})

test('the event loop turns while an image is made', async () => {
  let turns = 0
  let running = true
  const turn = () => {
    turns++
    if (running) setImmediate(turn)
  }
  const fractions: number[] = []
  const upscaler = create({ threads: 1, tile: 128 })
  await double(upscaler, drawImage(8, 8))
  turn()
  await double(upscaler, drawImage(200, 200), createContext({ onProgress: (fraction) => fractions.push(fraction) }))
  running = false
  expect(turns).toBeGreaterThan(100)
  expect(fractions).toEqual([0.25, 0.5, 0.75, 1])
})

test('images asked for at once come back each to its caller', async () => {
  const upscaler = create()
  const images = [drawImage(20, 10), drawImage(10, 30), drawImage(16, 16)]
  const results = await Promise.all(images.map((image) => double(upscaler, image)))
  for (const [index, image] of images.entries()) {
    expect(results[index]).toMatchObject({ width: 2 * image.width, height: 2 * image.height })
    expect(results[index]!.data).toEqual((await double(upscaler, image)).data)
  }
})

test('an abort stops between tiles, and the next image is made', async () => {
  const upscaler = create({ tile: 48 })
  const controller = new AbortController()
  const context = createContext({ signal: controller.signal, onProgress: () => controller.abort() })
  await expect(double(upscaler, drawImage(400, 400), context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  const fractions: number[] = []
  await double(upscaler, drawImage(40, 40), createContext({ onProgress: (fraction) => fractions.push(fraction) }))
  expect(fractions).toEqual([1])
})

test('upscalers of equal options share a worker, which ends with its last user and starts again', async () => {
  const one = create({ threads: 1, tile: 96 })
  const other = create({ threads: 1, tile: 96 })
  const image = drawImage(12, 12)
  expect(await countWorkers(() => Promise.all([double(one, image), double(other, image)]))).toBe(1)
  await one.close?.()
  expect(await countWorkers(() => double(other, image))).toBe(0)
  await other.close?.()
  expect(await countWorkers(() => double(one, image))).toBe(1)
})

test('closing fails the images at work', async () => {
  const upscaler = create({ tile: 48 })
  let closing: Promise<void> | undefined
  const context = createContext({ onProgress: () => (closing ??= upscaler.close!()) })
  await expect(double(upscaler, drawImage(300, 300), context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  await closing
})

test('a worker that dies fails its image alone', async () => {
  const upscaler = create({ runtime: 'wasm', threads: 1, tile: 64 })
  const started = once(process, 'worker') as Promise<[Worker]>
  const context = createContext({ onProgress: () => void started.then(([worker]) => worker.terminate()) })
  await expect(double(upscaler, drawImage(90, 90), context)).rejects.toMatchObject({ name: 'HdError', code: 'HD_RUNTIME' })
  await expect(double(upscaler, drawImage(9, 9))).resolves.toMatchObject({ width: 18, height: 18 })
})

test('pixels of the wrong length are refused', async () => {
  const input = { ...toInput(drawImage(4, 4)), pixels: async () => ({ width: 4, height: 4, data: new Uint8Array(64) }) }
  await expect(create().upscale(input, createContext())).rejects.toMatchObject({ code: 'HD_RUNTIME', message: /3 x 4 x 4.*64/ })
})
