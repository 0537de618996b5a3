import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createEngine, type Engine, type EngineOptions } from '@unplugin-hd/engine'
import { createImage } from '../../packages/engine/src/testing/noise.ts'

const WEIGHTS = new URL('../../packages/neural/models/hd-x2.hdw', import.meta.url)
const weights = await readFile(WEIGHTS)

/** Digests of the results for `createImage`. The same on every machine; they change only with the weights or the computation. */
const GOLDEN = [
  [1, 1, '1fb9352dc566133d860e4ed69a827d83577e34422a5bdd94b3459861d76af12c'],
  [1, 23, '302ca8deb35fdbbb2f513929a4910fbe05553726affd839ca4c94707d6d94b3f'],
  [31, 1, '4124db12691a9ee93879639cb1c3b1af4c65e2d132da6f53dff5588de38bf06f'],
  [7, 5, 'be5a118e854bf7c590cc4d4c33e52834f2dc881e02bc055e5a3066010822c1b0'],
  [64, 64, '6a2770deabb5a9e994ca7b48680a97cb46d14bfaa70d2731816bea81fdae7a62'],
  [513, 257, '3112ff5076a3a550d3a2e06eae6a991b00e1b652df7c08d210d39de066b4f248'],
  [1300, 40, '323583ba30c70e57225cb5c9f333747baf2d0fe65c9f303a51c82c5f6f6ec67c'],
] as const
const IMAGES = GOLDEN.map(([width, height]) => createImage(width, height))
const DIGESTS = GOLDEN.map(([, , digest]) => digest)

function open(options?: EngineOptions): Engine {
  const engine = createEngine(weights, options)
  onTestFinished(() => engine.close())
  return engine
}

const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

describe('the bytes of a result are the same', () => {
  test.each([1, 2, 5])('with %i workers', async (threads) => {
    const engine = open({ threads })
    const results = await Promise.all(IMAGES.map((image) => engine.upscale(image)))
    for (const [index, { width, height }] of IMAGES.entries())
      expect(results[index]).toMatchObject({ width: 2 * width, height: 2 * height })
    expect(results.map(({ data }) => digest(data))).toEqual(DIGESTS)
  })

  test.each(['--liftoff-only', '--no-liftoff', '--no-enable-avx'])('with %s', async (flag) => {
    expect(await runWith(flag)).toEqual(DIGESTS)
  })
})

test('where WebAssembly is missing, images are refused, and the process ends', async () => {
  expect(await runWith('--no-expose-wasm')).toBe('ENGINE_START')
})

/** The reply of a process that V8 runs with a flag. It exits although its engine is not closed. */
async function runWith(flag: string): Promise<unknown> {
  const child = fork(new URL('support/engine-process.mjs', import.meta.url), [], {
    execArgv: [flag],
    serialization: 'advanced',
  })
  const ended = once(child, 'exit')
  child.send({ weights, images: IMAGES })
  const [reply] = await once(child, 'message')
  expect(await ended).toEqual([0, null])
  return reply
}

test('the digest of an engine is the SHA-256 at the end of its weights', () => {
  expect(open().digest).toBe(createHash('sha256').update(weights.subarray(0, -32)).digest('hex'))
})

describe('refuses', () => {
  test.each([
    [{ threads: 0 }, /threads.*0/],
    [{ threads: 1.5 }, /threads.*1\.5/],
    [{ threads: 257 }, /threads.*257/],
    [{ thread: 1 }, /unknown option 'thread'/],
  ])('the option %o', (options, message) => {
    expect(() => createEngine(weights, options as EngineOptions)).toThrow(
      expect.objectContaining({ code: 'ENGINE_INPUT', message: expect.stringMatching(message) }),
    )
  })

  test.each([
    [{ width: 0, height: 1, data: new Uint8Array() }],
    [{ width: 1, height: -1, data: new Uint8Array(3) }],
    [{ width: 1.5, height: 2, data: new Uint8Array(9) }],
    [{ width: 2, height: 2, data: new Uint8Array(16) }],
    [{ width: 1, height: 1, data: [1, 2, 3] as unknown as Uint8Array }],
  ])('the image %o', async (image) => {
    await expect(open().upscale(image)).rejects.toMatchObject({ name: 'EngineError', code: 'ENGINE_INPUT' })
  })
})

test('concurrent images do not affect each other', async () => {
  const engine = open({ threads: 2 })
  const sizes = Array.from({ length: 12 }, (_, index) => [20 + 7 * index, 90 - 5 * index] as const)
  const alone: Uint8Array[] = []
  for (const [width, height] of sizes) alone.push((await engine.upscale(createImage(width, height))).data)
  const together = await Promise.all(sizes.map(([width, height]) => engine.upscale(createImage(width, height))))
  for (const [index, { data }] of together.entries()) expect(Buffer.compare(data, alone[index]!)).toBe(0)
})

test('progress rises to 1', async () => {
  const shares: number[] = []
  await open().upscale(createImage(200, 160), { onProgress: (share) => shares.push(share) })
  expect(shares.length).toBeGreaterThan(1)
  expect(shares).toEqual(shares.toSorted((one, other) => one - other))
  expect(shares[0]).toBeGreaterThan(0)
  expect(shares.at(-1)).toBe(1)
})

test('an aborted image rejects with ENGINE_ABORTED, and the next one is made', async () => {
  const engine = open({ threads: 2 })
  const controller = new AbortController()
  const aborted = engine.upscale(createImage(600, 600), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('not needed any more')),
  })
  await expect(aborted).rejects.toMatchObject({ code: 'ENGINE_ABORTED', cause: { message: 'not needed any more' } })
  await expect(engine.upscale(createImage(4, 4), { signal: controller.signal })).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
  expect(await engine.upscale(createImage(9, 9))).toMatchObject({ width: 18 })
})

test('a worker stops an aborted image early', async () => {
  const engine = open({ threads: 1 })
  const large = createImage(500, 500)
  await engine.upscale(createImage(8, 8))
  const begun = performance.now()
  await engine.upscale(large)
  const whole = performance.now() - begun
  const controller = new AbortController()
  const aborted = engine.upscale(large, { signal: controller.signal, onProgress: () => controller.abort() })
  await expect(aborted).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
  const left = performance.now()
  await engine.upscale(createImage(8, 8))
  expect(performance.now() - left).toBeLessThan(whole / 4)
})

test('if a worker is terminated, only its image fails, and the worker is replaced', async () => {
  const engine = open({ threads: 1 })
  const started = once(process, 'worker') as Promise<[Worker]>
  const failing = engine.upscale(createImage(600, 400), {
    onProgress: () => void started.then(([worker]) => worker.terminate()),
  })
  const waiting = engine.upscale(IMAGES[4]!)
  await expect(failing).rejects.toMatchObject({ code: 'ENGINE_WORKER' })
  expect(digest((await waiting).data)).toBe(DIGESTS[4])
})

test('an error thrown by onProgress rejects only its image', async () => {
  const engine = open({ threads: 1 })
  const failing = engine.upscale(createImage(50, 50), {
    onProgress: () => {
      throw new RangeError('of the caller')
    },
  })
  const other = engine.upscale(createImage(9, 9))
  await expect(failing).rejects.toThrow('of the caller')
  expect(await other).toMatchObject({ width: 18 })
})

test('close() rejects images in progress and later ones', async () => {
  const engine = open({ threads: 2 })
  const images = [1, 2, 3, 4].map(() => engine.upscale(createImage(300, 300)))
  const outcomes = Promise.allSettled(images)
  await engine.close()
  for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'ENGINE_ABORTED' } })
  await expect(engine.upscale(createImage(1, 1))).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
})
