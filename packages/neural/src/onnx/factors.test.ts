import type { Pixels, Upscaler } from '@unplugin-hd/core'
import { afterEach, describe, expect, test } from 'vitest'
import { neural, type NeuralOptions } from '../../dist/index.mjs'
import { createContext, drawImage, largestDifference, repeatPixels, toInput } from '../testing/images.ts'
import { type ElementType, nearestModel, negativeModel, scalesOf, softModel } from '../testing/onnx.ts'

const open: Upscaler[] = []
afterEach(async () => {
  for (const upscaler of open.splice(0)) await upscaler.close?.()
})

async function double(options: NeuralOptions, image: Pixels, context = createContext()): Promise<Pixels> {
  const upscaler = neural({ threads: 1, ...options })
  open.push(upscaler)
  return (await upscaler.upscale(toInput(image), context)) as Pixels
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos3 = (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)

/** An image of `factor` times the size, reduced to twice the size by Lanczos-3, directly by the formula. */
function reduceSlowly(image: Pixels, factor: number): Uint8Array {
  const scale = factor / 2
  const axis = (length: number) =>
    Array.from({ length: length / scale }, (_, to) => {
      const centre = (to + 0.5) * scale - 0.5
      const taps = Array.from({ length: 40 }, (__, tap) => Math.floor(centre) - 20 + tap)
      const weights = taps.map((tap) => lanczos3((tap - centre) / scale))
      const sum = weights.reduce((total, weight) => total + weight)
      return taps.map((tap, index) => ({ at: Math.min(Math.max(tap, 0), length - 1), weight: weights[index]! / sum }))
    })
  const [across, down] = [axis(image.width), axis(image.height)]
  const result: number[] = []
  for (const rows of down) {
    for (const columns of across) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (const row of rows) {
          if (row.weight === 0) continue
          for (const column of columns) {
            sum += row.weight * column.weight * image.data[3 * (row.at * image.width + column.at) + channel]!
          }
        }
        result.push(sum)
      }
    }
  }
  return Uint8Array.from(result, (level) => Math.min(255, Math.max(0, Math.round(level))))
}

function repeat({ width, height, data }: Pixels, factor: number): Pixels {
  const wide = factor * width
  const larger = new Uint8Array(3 * wide * factor * height)
  for (let index = 0; index < larger.length; index++) {
    const pixel = Math.floor(index / 3)
    const [x, y] = [Math.floor((pixel % wide) / factor), Math.floor(Math.floor(pixel / wide) / factor)]
    larger[index] = data[3 * (y * width + x) + (index % 3)]!
  }
  return { width: wide, height: factor * height, data: larger }
}

const lumaOf = (data: Uint8Array, pixel: number): number =>
  0.299 * data[3 * pixel]! + 0.587 * data[3 * pixel + 1]! + 0.114 * data[3 * pixel + 2]!

describe.each([3, 4, 8])('a model of factor %i', (factor) => {
  test.each([
    [1, 1],
    [1, 7],
    [31, 17],
  ])('doubles %i x %i exactly, by Lanczos-3', async (width, height) => {
    const image = drawImage(width, height)
    const model = nearestModel('float32', [1, 3, 'h', 'w'], scalesOf('NCHW', factor))
    const result = await double({ model }, image)
    expect(result).toMatchObject({ width: 2 * width, height: 2 * height })
    expect(largestDifference(result.data, reduceSlowly(repeat(image, factor), factor))).toBeLessThanOrEqual(1)
  })

  test.each<[string, ElementType, (number | string)[], 'NCHW' | 'NHWC', NeuralOptions]>([
    ['uint8, NHWC', 'uint8', [1, 'h', 'w', 3], 'NHWC', { tile: 96 }],
    ['float16', 'float16', [1, 3, 'h', 'w'], 'NCHW', { tile: 96 }],
    ['fixed 64x64', 'float32', [1, 3, 64, 64], 'NCHW', {}],
    ['fixed 40x96, no overlap of its own', 'float32', [1, 96, 40, 3], 'NHWC', { overlap: 0 }],
    ['the tile as small as the overlap allows', 'float32', [1, 3, 'h', 'w'], 'NCHW', { tile: 95, overlap: 39 }],
  ])('shows no seam: %s', async (_, type, shape, layout, options) => {
    const image = drawImage(151, 101)
    const whole = await double({ model: nearestModel('float32', [1, 3, 'h', 'w'], scalesOf('NCHW', factor)), tile: 512 }, image)
    const cut = await double({ model: nearestModel(type, shape, scalesOf(layout, factor)), ...options }, image)
    expect(largestDifference(cut.data, whole.data)).toBeLessThanOrEqual(1)
  })

  test("needs the model's context as overlap; the filter's context is added automatically", async () => {
    const image = drawImage(176, 64)
    const whole = await double({ model: softModel(factor), tile: 512 }, image)
    const difference = async (overlap: number) => {
      const { data } = await double({ model: softModel(factor), overlap, tile: 48 }, image)
      return largestDifference(data, whole.data)
    }
    expect(await difference(4)).toBeLessThanOrEqual(1)
    expect(await difference(0)).toBeGreaterThan(1)
  })
})

async function countTiles(factor: number): Promise<number> {
  let count = 0
  const model = nearestModel('float32', [1, 3, 'h', 'w'], scalesOf('NCHW', factor))
  await double({ model }, drawImage(300, 40), createContext({ onProgress: () => count++ }))
  return count
}

test('larger factors get smaller tiles, so that the output of a tile keeps its size', async () => {
  // Tiles of 512, 336 and 256 pixels.
  expect([await countTiles(2), await countTiles(3), await countTiles(4)]).toEqual([1, 1, 2])
})

describe('a model of factor 1', () => {
  test('restores first, and the built-in model enlarges the result', async () => {
    const image = drawImage(61, 47)
    const negative = { ...image, data: image.data.map((level) => 255 - level) }
    const fractions: number[] = []
    const context = createContext({ onProgress: (fraction) => fractions.push(fraction) })
    const result = await double({ model: negativeModel(), tile: 80, overlap: 0 }, image, context)
    expect(result.data).toEqual((await double({}, negative)).data)
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
    expect(fractions.at(-1)).toBe(1)
  })

  test('for luma changes the luma and keeps the colour', async () => {
    // No extremes, so that nothing is clipped.
    const image = { ...drawImage(40, 30), data: drawImage(40, 30).data.map((level) => 110 + (level >> 3)) }
    const restored = Uint8Array.from(image.data, (level, index) => {
      const luma = lumaOf(image.data, Math.floor(index / 3))
      return Math.floor(level + 255 - 2 * luma + 0.5)
    })
    const result = await double({ model: negativeModel(1) }, image)
    const expected = await double({}, { ...image, data: restored })
    expect(largestDifference(result.data, expected.data)).toBeLessThanOrEqual(2)
  })
})

describe('a luma model', () => {
  test.each<[string, ElementType, (number | string)[], NeuralOptions]>([
    ['NCHW', 'float32', [1, 1, 'h', 'w'], {}],
    ['NHWC of fixed size', 'uint8', [1, 64, 64, 1], {}],
    ['float16', 'float16', [1, 1, 'h', 'w'], { tile: 96 }],
  ])('returns its output unchanged for grey images: %s', async (_, type, shape, options) => {
    const image = drawImage(151, 101)
    for (let index = 0; index < image.data.length; index++) image.data[index] = image.data[index - (index % 3)]!
    const model = nearestModel(type, shape, scalesOf(shape[1] === 1 ? 'NCHW' : 'NHWC', 2))
    const result = await double({ model, ...options }, image)
    expect(largestDifference(result.data, repeatPixels(image))).toBeLessThanOrEqual(1)
  })

  test.each([2, 4])('of factor %i takes the colour from the source, on centre and without seams', async (factor) => {
    // A ramp of colour with constant luma: green falls as red and blue rise.
    const [width, height] = [150, 40]
    const image = { width, height, data: new Uint8Array(3 * width * height) }
    for (let pixel = 0; pixel < width * height; pixel++) {
      const x = pixel % width
      image.data.set([60 + x, 160 - 0.587 * x, 60 + x], 3 * pixel)
    }
    const model = nearestModel('float32', [1, 1, 'h', 'w'], scalesOf('NCHW', factor))
    const result = await double({ model, tile: 80 }, image)
    expect(result).toMatchObject({ width: 300, height: 80 })
    for (let pixel = 0; pixel < 300 * 80; pixel++) {
      const x = (pixel % 300) / 2 - 0.25
      if (x < 2 || x > width - 3) continue
      const red = result.data[3 * pixel]! - lumaOf(result.data, pixel)
      expect(Math.abs(red - (60 + x - (0.413 * (60 + x) + 0.587 * (160 - 0.587 * x)))), `column ${pixel % 300}`).toBeLessThan(1.5)
    }
  })

  test('shows no seams either', async () => {
    const image = drawImage(176, 64)
    const whole = await double({ model: softModel(4, 1), tile: 512 }, image)
    const cut = await double({ model: softModel(4, 1), overlap: 4, tile: 48 }, image)
    expect(largestDifference(cut.data, whole.data)).toBeLessThanOrEqual(1)
  })
})
