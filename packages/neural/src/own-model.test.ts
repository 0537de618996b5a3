import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { neural, type NeuralOptions } from '../dist/index.mjs'
import { type ElementType, encodeOnnx, floats, nearestModel, node, type ValueInfo } from './testing/onnx.ts'
import { createContext, drawPicture, largestDifference, repeatPixels, toInput } from './testing/pictures.ts'

const open: Upscaler[] = []
afterEach(async () => {
  for (const upscaler of open.splice(0)) await upscaler.close?.()
})

async function double(options: NeuralOptions, picture: Pixels): Promise<Pixels> {
  const upscaler = neural({ runtime: 'native', threads: 1, ...options })
  open.push(upscaler)
  return (await upscaler.upscale(toInput(picture), createContext())) as Pixels
}

const NCHW = [1, 1, 2, 2]
const NHWC = [1, 2, 2, 1]
const PICTURE = drawPicture(150, 101)

describe('a model that repeats pixels gives the repeated pixels', () => {
  test.each<[string, ElementType, (number | string)[], number[]]>([
    ['NCHW float32', 'float32', [1, 3, 'h', 'w'], NCHW],
    ['NCHW uint8, any batch', 'uint8', ['n', 3, 'h', 'w'], NCHW],
    ['NHWC float32', 'float32', [1, 'h', 'w', 3], NHWC],
    ['NHWC uint8', 'uint8', [1, 'h', 'w', 3], NHWC],
    ['fixed 64x64', 'float32', [1, 3, 64, 64], NCHW],
    ['fixed 96x40, smaller than the default overlap allows', 'uint8', [1, 40, 96, 3], NHWC],
    ['fixed 256x256, larger than the picture', 'float32', [1, 3, 256, 256], NCHW],
    ['fixed height, any width', 'float32', [1, 3, 64, 'w'], NCHW],
    ['NCHW with all dimensions symbolic', 'float32', ['n', 'c', 'h', 'w'], NCHW],
  ])('%s', async (_, type, shape, scales) => {
    const result = await double({ model: nearestModel(type, shape, scales), tile: 96 }, PICTURE)
    expect(result).toMatchObject({ width: 300, height: 202 })
    expect(largestDifference(result.data, repeatPixels(PICTURE))).toBe(0)
  })

  test('in WASM', async () => {
    const model = nearestModel('float32', [1, 3, 'h', 'w'], NCHW)
    const result = await double({ model, runtime: 'wasm', tile: 96 }, PICTURE)
    expect(largestDifference(result.data, repeatPixels(PICTURE))).toBe(0)
  })

  test('of a picture of one pixel', async () => {
    const result = await double({ model: nearestModel('float32', [1, 3, 'h', 'w'], NCHW) }, drawPicture(1, 1))
    expect([...result.data]).toEqual([...repeatPixels(drawPicture(1, 1))])
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
  const result = await double({ model: encodeOnnx({ inputs: [input], outputs: [output], nodes }), tile: 96 }, PICTURE)
  expect(largestDifference(result.data, repeatPixels(PICTURE))).toBe(0)
})

test('an overlap of the receptive field hides the seams, and a smaller one does not', async () => {
  // A mean of 9x9 pixels sees 4 pixels on each side.
  const model = encodeOnnx({
    inputs: [{ name: 'x', type: 'float32', shape: [1, 3, 'h', 'w'] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1, 3, 'h2', 'w2'] }],
    nodes: [
      node('Conv', ['x', 'kernel'], 'soft', { group: 3, pads: [4, 4, 4, 4] }),
      node('Resize', ['soft', '', 'scales'], 'y', {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
    ],
    initializers: [
      floats('scales', [4], NCHW),
      floats(
        'kernel',
        [3, 1, 9, 9],
        Array.from({ length: 243 }, () => 1 / 81),
      ),
    ],
  })
  // Multiples of 16, so that nothing is padded; and four tiles of 48 with 2 pixels of overlap have little to spare.
  const picture = drawPicture(176, 64)
  const whole = await double({ model }, picture)
  const difference = async (overlap: number) => {
    const { data } = await double({ model, overlap, tile: 48 }, picture)
    return largestDifference(data, whole.data)
  }
  expect(await difference(4)).toBeLessThanOrEqual(1)
  expect(await difference(2)).toBeGreaterThan(1)
})

function identity(type: ElementType, shape: (number | string)[]): Uint8Array {
  return encodeOnnx({
    inputs: [{ name: 'x', type, shape }],
    outputs: [{ name: 'y', type, shape }],
    nodes: [node('Identity', ['x'], 'y')],
  })
}

describe('a model that does not fit', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unplugin-hd-model-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const rgb: ValueInfo = { name: 'x', type: 'float32', shape: [1, 3, 'h', 'w'] }

  test.each<[string, Uint8Array, RegExp]>([
    ['enlarges by 3', nearestModel('float32', [1, 3, 'h', 'w'], [1, 1, 3, 3]), /factor of 3/],
    ['enlarges by 4', nearestModel('uint8', [1, 'h', 'w', 3], [1, 4, 4, 1]), /factor of 4/],
    ['keeps the size', identity('float32', [1, 3, 'h', 'w']), /factor of 1/],
    ['enlarges one axis', nearestModel('float32', [1, 3, 'h', 'w'], [1, 1, 2, 1]), /doubles width and height/],
    ['takes float16', identity('float16', [1, 3, 'h', 'w']), /the input is float16.*Export the model with float32/],
    ['takes luma', nearestModel('float32', [1, 1, 'h', 'w'], NCHW), /the input has 1: \[1, 1, h, w\].*luma/],
    [
      'takes four channels',
      nearestModel('float32', [1, 4, 'h', 'w'], NCHW),
      /expected 3 channels, the input has 4: \[1, 4, h, w\]/,
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
  ])('because it %s is refused', async (name, bytes, message) => {
    const model = join(folder, `${name}.onnx`)
    await writeFile(model, bytes)
    await expect(double({ model }, PICTURE)).rejects.toMatchObject({
      name: 'HdError',
      code: 'HD_MODEL',
      file: model,
      message: expect.stringMatching(message),
    })
  })

  test('because it does not exist is refused, and has no version', async () => {
    const model = join(folder, 'missing.onnx')
    const upscaler = neural({ model: pathToFileURL(model) })
    expect(() => upscaler.version).toThrow(expect.objectContaining({ code: 'HD_MODEL', file: model }))
    await expect(double({ model }, PICTURE)).rejects.toMatchObject({ code: 'HD_MODEL', message: expect.stringMatching(/ENOENT/) })
  })

  test('because its fixed size leaves nothing beside the overlap is refused', async () => {
    const model = nearestModel('float32', [1, 3, 64, 64], NCHW)
    await expect(double({ model, overlap: 32 }, PICTURE)).rejects.toMatchObject({
      code: 'HD_MODEL',
      message: expect.stringMatching(/less than half of the model's width of 64/),
    })
  })
})
