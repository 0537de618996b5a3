import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
// The built package, since a worker cannot load TypeScript on Node 20.
import { neural, type NeuralOptions } from '../dist/index.mjs'
import { createContext, drawPicture, largestDifference, repeatPixels, toInput } from './testing/pictures.ts'

const open: Upscaler[] = []
afterEach(async () => {
  for (const upscaler of open.splice(0)) await upscaler.close?.()
})

function create(options?: NeuralOptions): Upscaler {
  const upscaler = neural(options)
  open.push(upscaler)
  return upscaler
}

async function double(upscaler: Upscaler, picture: Pixels, context = createContext()): Promise<Pixels> {
  return (await upscaler.upscale(toInput(picture), context)) as Pixels
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
  const picture = drawPicture(width, height)
  const upscaler = neural({ runtime, threads })
  afterAll(() => upscaler.close!())

  test('a picture in tiles equals the picture in one pass, byte for byte', async () => {
    const whole = await double(upscaler, picture)
    expect(whole).toMatchObject({ width: 2 * width, height: 2 * height })
    for (const tile of tiles) {
      const cut = await double(create({ runtime, threads, tile }), picture)
      expect(largestDifference(cut.data, whole.data), `tile ${tile}`).toBe(0)
    }
  })

  test.each([
    [1, 1],
    [1, 60],
    [60, 1],
    [3, runtime === 'native' ? 5000 : 700],
    [2, 2],
  ])('a picture of %i x %i is doubled', async (w, h) => {
    const tiny = drawPicture(w, h)
    const result = await double(upscaler, tiny)
    expect(result).toMatchObject({ width: 2 * w, height: 2 * h })
    expect(result.data).toHaveLength(12 * w * h)
  })
})

test('native and WASM, with one thread and with two, agree within one level', async () => {
  const picture = drawPicture(60, 45)
  const native = await double(create({ runtime: 'native', threads: 2 }), picture)
  for (const options of [
    { runtime: 'native', threads: 1 },
    { runtime: 'wasm', threads: 1 },
    { runtime: 'wasm', threads: 2 },
  ] as const) {
    const other = await double(create(options), picture)
    expect(largestDifference(native.data, other.data), JSON.stringify(options)).toBeLessThanOrEqual(1)
  }
})

test('the result looks like the picture: flat areas keep their colour', async () => {
  const picture = { width: 40, height: 30, data: new Uint8Array(3600).map((_, index) => [200, 90, 30][index % 3]!) }
  const { data } = await double(create(), picture)
  // Away from the border, where the zero padding shows.
  const repeated = repeatPixels(picture)
  for (let y = 24; y < 36; y++) {
    const row = [3 * (80 * y + 24), 3 * (80 * y + 56)] as const
    expect(largestDifference(data.subarray(...row), repeated.subarray(...row))).toBeLessThanOrEqual(3)
  }
})

test('the event loop turns while a picture is made', async () => {
  let turns = 0
  let running = true
  const turn = () => {
    turns++
    if (running) setImmediate(turn)
  }
  const fractions: number[] = []
  const upscaler = create({ threads: 1, tile: 128 })
  await double(upscaler, drawPicture(8, 8))
  turn()
  await double(upscaler, drawPicture(200, 200), createContext({ onProgress: (fraction) => fractions.push(fraction) }))
  running = false
  expect(turns).toBeGreaterThan(100)
  expect(fractions).toEqual([0.25, 0.5, 0.75, 1])
})

test('pictures asked for at once come back each to its caller', async () => {
  const upscaler = create()
  const pictures = [drawPicture(20, 10), drawPicture(10, 30), drawPicture(16, 16)]
  const results = await Promise.all(pictures.map((picture) => double(upscaler, picture)))
  for (const [index, picture] of pictures.entries()) {
    expect(results[index]).toMatchObject({ width: 2 * picture.width, height: 2 * picture.height })
    expect(results[index]!.data).toEqual((await double(upscaler, picture)).data)
  }
})

test('an abort stops between tiles, and the next picture is made', async () => {
  const upscaler = create({ tile: 48 })
  const controller = new AbortController()
  const context = createContext({ signal: controller.signal, onProgress: () => controller.abort() })
  await expect(double(upscaler, drawPicture(400, 400), context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  const fractions: number[] = []
  await double(upscaler, drawPicture(40, 40), createContext({ onProgress: (fraction) => fractions.push(fraction) }))
  expect(fractions).toEqual([1])
})

test('upscalers of equal options share a worker, which ends with its last user and starts again', async () => {
  const one = create({ threads: 1, tile: 96 })
  const other = create({ threads: 1, tile: 96 })
  const picture = drawPicture(12, 12)
  expect(await countWorkers(() => Promise.all([double(one, picture), double(other, picture)]))).toBe(1)
  await one.close?.()
  expect(await countWorkers(() => double(other, picture))).toBe(0)
  await other.close?.()
  expect(await countWorkers(() => double(one, picture))).toBe(1)
})

test('closing fails the pictures at work', async () => {
  const upscaler = create({ tile: 48 })
  let closing: Promise<void> | undefined
  const context = createContext({ onProgress: () => (closing ??= upscaler.close!()) })
  await expect(double(upscaler, drawPicture(300, 300), context)).rejects.toMatchObject({ code: 'HD_ABORTED' })
  await closing
})

test('a worker that dies fails its picture alone', async () => {
  const upscaler = create({ runtime: 'wasm', threads: 1, tile: 64 })
  const started = once(process, 'worker') as Promise<[Worker]>
  const context = createContext({ onProgress: () => void started.then(([worker]) => worker.terminate()) })
  await expect(double(upscaler, drawPicture(90, 90), context)).rejects.toMatchObject({ name: 'HdError', code: 'HD_RUNTIME' })
  await expect(double(upscaler, drawPicture(9, 9))).resolves.toMatchObject({ width: 18, height: 18 })
})

test('pixels of the wrong length are refused', async () => {
  const input = { ...toInput(drawPicture(4, 4)), pixels: async () => ({ width: 4, height: 4, data: new Uint8Array(64) }) }
  await expect(create().upscale(input, createContext())).rejects.toMatchObject({ code: 'HD_RUNTIME', message: /3 x 4 x 4.*64/ })
})
