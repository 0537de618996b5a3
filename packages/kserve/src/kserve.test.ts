import type { Pixels, UpscaleContext, Upscaler } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createContext, drawImage, largestDifference, repeatPixels, toInput } from '../../neural/src/testing/images.ts'
import { type ElementType, nearestModel, negativeModel, scalesOf, softModel } from '../../neural/src/testing/onnx.ts'
import { kserve } from './kserve.ts'
import type { KserveOptions } from './options.ts'
import { type InferenceServer, inferenceServer, type ServedModel } from './testing/inference-server.ts'
import { onnx } from './testing/onnx.ts'

const IMAGE = drawImage(151, 101)

async function serverWith(model: Uint8Array): Promise<InferenceServer> {
  return inferenceServer({ net: await onnx(model) })
}

async function double(upscaler: Upscaler, image: Pixels, context: UpscaleContext = createContext()): Promise<Pixels> {
  onTestFinished(() => upscaler.close?.())
  return (await upscaler.upscale(toInput(image), context)) as Pixels
}

function remote({ url }: InferenceServer, options: Partial<KserveOptions> = {}): Upscaler {
  return kserve({ url, model: 'net', ...options })
}

function local(model: Uint8Array, tiling: { tile?: number; overlap?: number } = {}): Upscaler {
  return neural({ model, runtime: 'native', threads: 1, ...tiling })
}

describe('a model on the server gives the pixels that it gives with neural()', () => {
  test.each<[string, ElementType, (number | string)[], 'NCHW' | 'NHWC', number]>([
    ['FP32, NCHW', 'float32', [1, 3, 'h', 'w'], 'NCHW', 2],
    ['FP32, NHWC, in batches', 'float32', ['n', 'h', 'w', 3], 'NHWC', 2],
    ['FP16, in batches', 'float16', ['n', 3, 'h', 'w'], 'NCHW', 2],
    ['UINT8, NHWC', 'uint8', [1, 'h', 'w', 3], 'NHWC', 2],
    ['UINT8, NCHW, in batches', 'uint8', ['n', 3, 'h', 'w'], 'NCHW', 2],
    ['fixed 64x64', 'float32', [1, 3, 64, 64], 'NCHW', 2],
    ['fixed 256x256, larger than the image', 'float32', [1, 3, 256, 256], 'NCHW', 2],
    ['any dimensions', 'float32', ['n', 'c', 'h', 'w'], 'NCHW', 2],
    ['any dimensions, NHWC', 'float32', ['n', 'h', 'w', 'c'], 'NHWC', 2],
    ['luma', 'float32', ['n', 1, 'h', 'w'], 'NCHW', 2],
    ['factor 3', 'float32', ['n', 3, 'h', 'w'], 'NCHW', 3],
    ['factor 4, FP16', 'float16', ['n', 3, 'h', 'w'], 'NCHW', 4],
    ['factor 4, luma', 'float32', ['n', 1, 'h', 'w'], 'NCHW', 4],
    ['factor 8', 'float32', ['n', 3, 'h', 'w'], 'NCHW', 8],
  ])('%s', async (_, type, shape, layout, factor) => {
    const model = nearestModel(type, shape, scalesOf(layout, factor))
    const server = await serverWith(model)
    const result = await double(remote(server, { tile: 96 }), IMAGE)
    expect(result).toMatchObject({ width: 302, height: 202 })
    expect(largestDifference(result.data, (await double(local(model, { tile: 96 }), IMAGE)).data)).toBeLessThanOrEqual(1)
    if (factor === 2 && shape[1] !== 1) expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
  })

  test.each([2, 4])('over a neighbourhood of pixels, with factor %i', async (factor) => {
    const model = softModel(factor, 3, 'n')
    // Multiples of 16, so that no side pads.
    const image = drawImage(176, 112)
    const result = await double(remote(await serverWith(model), { tile: 80 }), image)
    expect(largestDifference(result.data, (await double(local(model), image)).data)).toBeLessThanOrEqual(1)
  })

  test('in a fixed batch, which is filled up', async () => {
    const server = await serverWith(nearestModel('uint8', [3, 'h', 'w', 3], scalesOf('NHWC', 2)))
    const result = await double(remote(server, { tile: 96 }), IMAGE)
    expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
    expect(server.inferences().map(({ shape }) => shape![0])).toEqual([3, 3, 3])
  })

  test.each(['float32', 'uint8'] as const)('by JSON, where the server has no binary tensors: %s', async (type) => {
    const server = await serverWith(nearestModel(type, ['n', 3, 'h', 'w'], scalesOf('NCHW', 2)))
    server.jsonOnly = true
    const result = await double(remote(server, { tile: 96 }), IMAGE)
    expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
  })
})

test.each([
  [1, 1],
  [1, 7],
  [31, 17],
])('an image of %ix%i is doubled exactly', async (width, height) => {
  const image = drawImage(width, height)
  const result = await double(remote(await serverWith(nearestModel('float32', ['n', 3, 'h', 'w'], [1, 1, 2, 2]))), image)
  expect(result).toMatchObject({ width: 2 * width, height: 2 * height })
  expect(result.data).toEqual(repeatPixels(image))
})

test('a model that restores is enlarged on centre', async () => {
  const ramp = {
    width: 40,
    height: 20,
    data: Uint8Array.from({ length: 3 * 800 }, (_, at) => 40 + 4 * (Math.floor(at / 3) % 40)),
  }
  const { width, height, data } = await double(remote(await serverWith(negativeModel())), ramp)
  expect([width, height]).toEqual([80, 40])
  for (let x = 4; x < 76; x++) expect(Math.abs(data[3 * (80 * 9 + x)]! - (255 - 40 - 4 * (x / 2 - 0.25)))).toBeLessThanOrEqual(1)
})

test('an overlap as large as the receptive field hides the seams, and a smaller one does not', async () => {
  const server = await serverWith(softModel(2, 3, 'n'))
  const image = drawImage(176, 64)
  const whole = await double(remote(server), image)
  const difference = async (overlap: number): Promise<number> =>
    largestDifference((await double(remote(server, { overlap, tile: 48 }), image)).data, whole.data)
  expect(await difference(4)).toBeLessThanOrEqual(1)
  expect(await difference(0)).toBeGreaterThan(1)
})

/** How many tiles each request had, without the probe. */
function sizesOf(server: InferenceServer): number[] {
  return server
    .inferences()
    .slice(1)
    .map(({ shape }) => shape![0]!)
}

describe('requests', () => {
  const MODEL = nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2])
  /** 15 tiles of 48 pixels with an overlap of 8. */
  const TILES = { tile: 48, overlap: 8 }
  const WIDE = drawImage(160, 96)
  test('hold several tiles, at most as many as the option says', async () => {
    const server = await serverWith(MODEL)
    await double(remote(server, TILES), WIDE)
    expect(sizesOf(server).toSorted()).toEqual([3, 4, 4, 4])
    const single = await serverWith(MODEL)
    await double(remote(single, { ...TILES, batch: 1 }), WIDE)
    expect(sizesOf(single)).toEqual(Array(15).fill(1))
  })

  test('hold one tile where the model takes no batches', async () => {
    const server = await serverWith(nearestModel('uint8', [1, 3, 'h', 'w'], [1, 1, 2, 2]))
    await double(remote(server, TILES), WIDE)
    expect(new Set(sizesOf(server))).toEqual(new Set([1]))
  })

  test('are divided when the server takes no batches as large, and stay so', async () => {
    const model = await onnx(MODEL)
    const server = await inferenceServer({ net: { ...model, maxBatch: 2 } })
    const upscaler = remote(server, { ...TILES, batch: 8 })
    const result = await double(upscaler, WIDE)
    expect(result.data).toEqual(repeatPixels(WIDE))
    const before = server.inferences().length
    await double(upscaler, WIDE)
    expect(sizesOf(server).slice(before - 1)).toEqual([2, 2, 2, 2, 2, 2, 2, 1])
  })

  test.each([1, 3])('are sent %i at once, whatever the number of images', async (concurrency) => {
    const model = await onnx(MODEL)
    let open!: () => void
    const together = new Promise<void>((resolve) => (open = resolve))
    let arrived = -1
    const run: ServedModel['run'] = async (input) => {
      // The first is the probe, which comes alone.
      if (++arrived === concurrency) open()
      if (arrived > 0) await together
      return model.run(input)
    }
    const server = await inferenceServer({ net: { ...model, run } })
    const upscaler = remote(server, { ...TILES, batch: 1, concurrency })
    await Promise.all([WIDE, WIDE, WIDE].map((image) => double(upscaler, image)))
    expect(server.mostAtOnce).toBe(concurrency)
  })

  test('ask for the metadata once', async () => {
    const server = await serverWith(MODEL)
    const upscaler = remote(server)
    await Promise.all([WIDE, WIDE].map((image) => double(upscaler, image)))
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1)
  })

  test('report how much is done', async () => {
    const fractions: number[] = []
    const context = createContext({ onProgress: (fraction) => fractions.push(fraction) })
    await double(remote(await serverWith(MODEL), TILES), WIDE, context)
    expect(fractions).toHaveLength(4)
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
    expect(fractions.at(-1)).toBe(1)
  })
})

function versionOf(options: Partial<KserveOptions>): string {
  return kserve({ url: 'https://host', model: 'net', ...options }).version
}

describe('the version', () => {
  test('is asked for, and is part of the key as the model is', async () => {
    const server = await inferenceServer({
      net: { ...(await onnx(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2]))), versions: ['1', '2'] },
    })
    await double(remote(server, { version: 1 }), drawImage(20, 10))
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v2/models/net/versions/1',
      '/v2/models/net/versions/1/infer',
      '/v2/models/net/versions/1/infer',
    ])
    await expect(double(remote(server, { version: 3 }), IMAGE)).rejects.toMatchObject({
      code: 'KSERVE_MODEL',
      message: expect.stringContaining('no version 3'),
    })
  })

  test('differs for every option that may change pixels, and for no other', () => {
    const changes: Partial<KserveOptions>[] = [
      {},
      { model: 'other' },
      { version: 1 },
      { version: 2 },
      { revision: '1' },
      { model: 'net@1' },
      { tile: 96 },
      { overlap: 8 },
    ]
    expect(new Set(changes.map(versionOf)).size).toBe(changes.length)
    const same: Partial<KserveOptions>[] = [
      { url: 'https://other/v2/' },
      { batch: 1 },
      { concurrency: 1 },
      { timeoutMs: 1 },
      { retries: 0 },
    ]
    expect(new Set([{}, ...same].map(versionOf)).size).toBe(1)
    expect(versionOf({ version: 1 })).toBe(versionOf({ version: '1' }))
  })

  test('of all parts of an image is the same', async () => {
    const server = await serverWith(nearestModel('uint8', ['n', 3, 'h', 'w'], [1, 1, 2, 2]))
    let version = 0
    server.tamper = ({ json, binary }) => ({ json: { ...json, model_version: String(++version) }, binary })
    await expect(double(remote(server, { tile: 48, overlap: 8 }), IMAGE)).rejects.toMatchObject({
      code: 'KSERVE_RESPONSE',
      message: expect.stringContaining('parts of an image come from the versions 2 and 3'),
    })
  })
})
