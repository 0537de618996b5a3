import { expect, onTestFinished, test, vi } from 'vitest'
import type { RgbImage } from './api.ts'
import { createEngineOn } from './engine.ts'
import { createLayers } from './testing/network.ts'
import { createImage } from './testing/noise.ts'
import { Threads } from './testing/threads.ts'
import { writeWeights } from './weights.ts'

const weights = writeWeights(createLayers(8, 2))
const same = (one: RgbImage, other: RgbImage): boolean => Buffer.compare(one.data, other.data) === 0

test('a worker starts with the first image, and is held only while it works', async () => {
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 1 })
  expect(threads.started).toHaveLength(0)
  const result = engine.upscale(createImage(40, 40))
  await expect.poll(() => threads.started.length).toBe(1)
  expect(threads.started[0]!.isHeld).toBe(true)
  await result
  expect(threads.started[0]!.isHeld).toBe(false)
  await engine.upscale(createImage(41, 20))
  expect(threads.started).toHaveLength(1)
})

test('a single image uses all workers', async () => {
  const threads = new Threads()
  await createEngineOn(threads, weights, { threads: 3 }).upscale(createImage(120, 120))
  expect(threads.started.map(({ requests }) => requests.filter(({ type }) => type === 'task').length)).toEqual([1, 1, 1])
})

test('images whose regions share seams do not depend on when their regions get a worker', async () => {
  const sizes = [
    [60, 120],
    [300, 100],
    [150, 170],
    [20, 20],
    [200, 240],
  ] as const
  const alone = createEngineOn(new Threads(), weights, { threads: 1 })
  const expected = await Promise.all(sizes.map(([width, height]) => alone.upscale(createImage(width, height))))
  for (const count of [2, 3, 4]) {
    const threads = new Threads()
    const engine = createEngineOn(threads, weights, { threads: count })
    const controller = new AbortController()
    const aborted = engine.upscale(createImage(300, 300), { signal: controller.signal, onProgress: () => controller.abort() })
    const images = sizes.map(([width, height]) => engine.upscale(createImage(width, height)))
    await expect(aborted).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
    for (const [index, image] of images.entries()) expect(same(await image, expected[index]!)).toBe(true)
    // Alone, so it is split between all.
    expect(same(await engine.upscale(createImage(200, 240)), expected[4]!)).toBe(true)
    expect(threads.started.some(({ requests }) => requests.some(({ type }) => type === 'seam'))).toBe(true)
  }
})

test('if a worker ends, only its image fails, and a new worker replaces it', async () => {
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 2 })
  const alone = await createEngineOn(new Threads(), weights, { threads: 1 }).upscale(createImage(60, 70))
  let isKilled = false
  const failing = engine.upscale(createImage(300, 300), {
    onProgress: () => {
      if (!isKilled) threads.kill(0)
      isKilled = true
    },
  })
  const others = [1, 2, 3].map(() => engine.upscale(createImage(60, 70)))
  await expect(failing).rejects.toMatchObject({ code: 'ENGINE_WORKER', message: expect.stringContaining('the test ended it') })
  for (const other of await Promise.all(others)) expect(same(other, alone)).toBe(true)
  expect(threads.started).toHaveLength(3)
})

test('a worker that ends while idle is replaced, and no image fails', async () => {
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 1 })
  const first = await engine.upscale(createImage(30, 30))
  threads.kill(0)
  expect(same(await engine.upscale(createImage(30, 30)), first)).toBe(true)
  expect(threads.started).toHaveLength(2)
})

test('an engine that cannot start says why, lets the process end, and tries again with the next image', async () => {
  const memory = vi.spyOn(WebAssembly, 'Memory').mockImplementation(function () {
    throw new RangeError('could not allocate memory')
  })
  onTestFinished(() => memory.mockRestore())
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 2 })
  const [image, other] = [createImage(120, 120), createImage(20, 20)]
  const error = { name: 'EngineError', code: 'ENGINE_START', message: expect.stringContaining('could not allocate memory') }
  await Promise.all([image, other].map((each) => expect(engine.upscale(each)).rejects.toMatchObject(error)))
  expect(threads.started.every(({ isEnded }) => isEnded)).toBe(true)
  memory.mockRestore()
  expect((await engine.upscale(image)).width).toBe(240)
})

test('an image that arrives while a large one uses all workers gets one before that is done', async () => {
  const threads = new Threads()
  // Slow enough to take many turns of the event loop, and too large for regions that share seams, which are not interrupted.
  const slow = writeWeights(createLayers(16, 3))
  const wide = createImage(2400, 640)
  const engine = createEngineOn(threads, slow, { threads: 2 })
  const alone = await createEngineOn(new Threads(), slow, { threads: 1 }).upscale(wide)
  const order: string[] = []
  let small: Promise<unknown> | undefined
  const large = engine.upscale(wide, {
    onProgress: () => {
      small ??= engine.upscale(createImage(20, 20)).then(() => order.push('small'))
    },
  })
  const result = await large.then((image) => (order.push('large'), image))
  await small
  expect(order).toEqual(['small', 'large'])
  expect(threads.started.some(({ requests }) => requests.some(({ type }) => type === 'stop'))).toBe(true)
  expect(same(result, alone)).toBe(true)
})

test('at most two images per worker hold memory for their results', async () => {
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 1 })
  const begun = new Set<number>()
  const done = new Set<number>()
  let most = 0
  const images = Array.from({ length: 12 }, (_, index) =>
    engine
      .upscale(createImage(90, 60 + index), {
        onProgress: () => {
          begun.add(index)
          most = Math.max(most, begun.size - done.size)
        },
      })
      .then(() => done.add(index)),
  )
  await Promise.all(images)
  expect(most).toBeLessThanOrEqual(2)
})

test('tells a worker at once to drop an aborted image', async () => {
  const threads = new Threads()
  const engine = createEngineOn(threads, weights, { threads: 1 })
  const controller = new AbortController()
  const aborted = engine.upscale(createImage(400, 400), { signal: controller.signal, onProgress: () => controller.abort() })
  await expect(aborted).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
  expect(threads.started[0]!.requests.at(-1)).toMatchObject({ type: 'drop' })
  const { requests } = threads.started[0]!
  const sent = requests.length
  await engine.upscale(createImage(9, 9))
  expect(requests.slice(sent).map(({ type }) => type)).toEqual(['task', 'rows'])
})
