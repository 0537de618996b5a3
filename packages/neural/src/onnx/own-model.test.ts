import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { neural, type NeuralOptions } from '../../dist/index.mjs'
import { type ElementType, encodeOnnx, nearestModel, node, softModel, type ValueInfo } from '../testing/onnx.ts'
import { createContext, drawImage, largestDifference, repeatPixels, toInput } from '../testing/images.ts'

const open: Upscaler[] = []
afterEach(async () => {
  for (const upscaler of open.splice(0)) await upscaler.close?.()
})

async function double(options: NeuralOptions, image: Pixels): Promise<Pixels> {
  const upscaler = neural({ runtime: 'native', threads: 1, ...options })
  open.push(upscaler)
  return (await upscaler.upscale(toInput(image), createContext())) as Pixels
}

const NCHW = [1, 1, 2, 2]
const NHWC = [1, 2, 2, 1]
const IMAGE = drawImage(150, 101)

describe('a model that repeats pixels returns the repeated pixels', () => {
  test.each<[string, ElementType, (number | string)[], number[]]>([
    ['NCHW float32', 'float32', [1, 3, 'h', 'w'], NCHW],
    ['NCHW uint8, any batch', 'uint8', ['n', 3, 'h', 'w'], NCHW],
    ['NHWC float32', 'float32', [1, 'h', 'w', 3], NHWC],
    ['NHWC uint8', 'uint8', [1, 'h', 'w', 3], NHWC],
    ['fixed 64x64', 'float32', [1, 3, 64, 64], NCHW],
    ['fixed 96x40, smaller than the default overlap allows', 'uint8', [1, 40, 96, 3], NHWC],
    ['fixed 256x256, larger than the image', 'float32', [1, 3, 256, 256], NCHW],
    ['fixed height, any width', 'float32', [1, 3, 64, 'w'], NCHW],
    ['NCHW with all dimensions symbolic', 'float32', ['n', 'c', 'h', 'w'], NCHW],
    ['NHWC with all dimensions symbolic', 'float32', ['n', 'h', 'w', 'c'], NHWC],
  ])('%s', async (_, type, shape, scales) => {
    const result = await double({ model: nearestModel(type, shape, scales), tile: 96 }, IMAGE)
    expect(result).toMatchObject({ width: 300, height: 202 })
    expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
  })

  test('in WASM', async () => {
    const model = nearestModel('float32', [1, 3, 'h', 'w'], NCHW)
    const result = await double({ model, runtime: 'wasm', tile: 96 }, IMAGE)
    expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
  })

  test('for an image of one pixel', async () => {
    const result = await double({ model: nearestModel('float32', [1, 3, 'h', 'w'], NCHW) }, drawImage(1, 1))
    expect([...result.data]).toEqual([...repeatPixels(drawImage(1, 1))])
  })
})

test('input and output may differ in type and layout, and depth-to-space works', async () => {
  const input: ValueInfo = { name: 'x', type: 'float32', shape: [1, 3, 'h', 'w'] }
  const output: ValueInfo = { name: 'y', type: 'float32', shape: [1, 'h2', 'w2', 3] }
  const nodes = [
    node('Concat', ['x', 'x', 'x', 'x'], 'four', { axis: 1 }),
    node('DepthToSpace', ['four'], 'large', { blocksize: 2, mode: 'DCR' }),
    node('Transpose', ['large'], 'y', { perm: [0, 2, 3, 1] }),
  ]
  const result = await double({ model: encodeOnnx({ inputs: [input], outputs: [output], nodes }), tile: 96 }, IMAGE)
  expect(largestDifference(result.data, repeatPixels(IMAGE))).toBe(0)
})

test('an overlap as large as the receptive field hides the seams, and a smaller one does not', async () => {
  const model = softModel(2)
  // Multiples of 16, so that nothing is padded. Four tiles of 48 with 2 pixels of overlap just cover it.
  const image = drawImage(176, 64)
  const whole = await double({ model }, image)
  const difference = async (overlap: number) => {
    const { data } = await double({ model, overlap, tile: 48 }, image)
    return largestDifference(data, whole.data)
  }
  expect(await difference(4)).toBeLessThanOrEqual(1)
  expect(await difference(2)).toBeGreaterThan(1)
})

function lumaOnly(): Uint8Array {
  return encodeOnnx({
    inputs: [{ name: 'x', type: 'float32', shape: [1, 3, 'h', 'w'] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1, 1, 'h', 'w'] }],
    nodes: [node('ReduceMean', ['x'], 'y', { axes: [1] })],
  })
}

describe('an unsuitable model is refused', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unplugin-hd-model-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const rgb: ValueInfo = { name: 'x', type: 'float32', shape: [1, 3, 'h', 'w'] }

  test.each<[string, Uint8Array, RegExp]>([
    [
      'enlarges by 9',
      nearestModel('float32', [1, 3, 'h', 'w'], [1, 1, 9, 9]),
      /whole factor, at most 8: it turned .* into \[1, 3, 576, 432\]/,
    ],
    ['enlarges by a half more', nearestModel('uint8', [1, 'h', 'w', 3], [1, 1.5, 1.5, 1]), /whole factor/],
    [
      'enlarges one axis',
      nearestModel('float32', [1, 3, 'h', 'w'], [1, 1, 2, 1]),
      /enlarges width and height by the same whole factor/,
    ],
    ['makes luma of colours', lumaOnly(), /keeps the channels.*it turned 48x64 pixels of 3 channels into \[1, 1, 64, 48\]/],
    ['takes another type', nearestModel('int8', [1, 3, 'h', 'w'], NCHW), /expected uint8, float32 or float16, the input is int8/],
    [
      'takes four channels',
      nearestModel('float32', [1, 4, 'h', 'w'], NCHW),
      /expected 3 channels or 1, the input is \[1, 4, h, w\]/,
    ],
    ['takes a batch of 2', nearestModel('float32', [2, 3, 'h', 'w'], NCHW), /expected a batch of 1/],
    ['takes three dimensions', nearestModel('float32', [3, 'h', 'w'], [1, 2, 2]), /expected 4 dimensions, the input has 3/],
    [
      'takes two inputs',
      encodeOnnx({
        inputs: [rgb, { ...rgb, name: 'noise' }],
        outputs: [{ ...rgb, name: 'y' }],
        nodes: [node('Add', ['x', 'noise'], 'y')],
      }),
      /it has 2 inputs \(x, noise\) and 1 output/,
    ],
    [
      'is not ONNX',
      new TextEncoder().encode('<html>Not found</html>'),
      /expected an ONNX model that the native runtime can load/,
    ],
    ['is empty', new Uint8Array(0), /it is empty/],
    ['is a Git LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'), /git lfs pull/],
  ])('if it %s', async (name, bytes, message) => {
    const model = join(folder, `${name}.onnx`)
    await writeFile(model, bytes)
    await expect(double({ model }, IMAGE)).rejects.toMatchObject({
      name: 'HdError',
      code: 'HD_MODEL',
      file: model,
      message: expect.stringMatching(message),
    })
  })

  test('if it does not exist, and has no version', async () => {
    const model = join(folder, 'missing.onnx')
    const upscaler = neural({ model: pathToFileURL(model) })
    expect(() => upscaler.version).toThrow(expect.objectContaining({ code: 'HD_MODEL', file: model }))
    await expect(double({ model }, IMAGE)).rejects.toMatchObject({ code: 'HD_MODEL', message: expect.stringMatching(/ENOENT/) })
  })

  test('if its fixed size leaves nothing besides the overlap', async () => {
    const model = nearestModel('float32', [1, 3, 64, 64], NCHW)
    await expect(double({ model, overlap: 32 }, IMAGE)).rejects.toMatchObject({
      code: 'HD_MODEL',
      message: expect.stringMatching(/less than half of the model's width of 64/),
    })
  })
})
