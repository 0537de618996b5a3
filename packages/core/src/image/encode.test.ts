import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { encode } from './encode.ts'
import { FORMAT_FACTS, OUTPUT_FORMATS } from '../request/format.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { colourful, difference, encodedImage, noisy, paint, imageOf, pixelsOf } from '../testing/images.ts'

const WIDTH = 32
const HEIGHT = 20
const RGB = colourful(WIDTH, HEIGHT)
const ALPHA = paint(WIDTH, HEIGHT, 1, (x) => 8 * x)

describe.each(OUTPUT_FORMATS)('%s', (format) => {
  test('contains the image, without metadata', async () => {
    const bytes = await encode(imageOf(RGB, WIDTH, HEIGHT), format, 90)
    const facts = await sharp(bytes).metadata()
    expect(facts).toMatchObject({
      format: format === 'avif' ? 'heif' : format,
      width: WIDTH,
      height: HEIGHT,
      hasAlpha: false,
      hasProfile: false,
    })
    expect(facts.exif).toBeUndefined()
    expect(facts.xmp).toBeUndefined()
    const { data } = await pixelsOf(bytes)
    expect(difference(data, RGB).mean).toBeLessThan(format === 'png' ? 1e-9 : 3)
  })

  test('supports transparency, or refuses it', async () => {
    const image = imageOf(RGB, WIDTH, HEIGHT, ALPHA)
    if (!FORMAT_FACTS[format].alpha) {
      const error = await hdErrorOf(() => encode(image, format, 90))
      expect(error.code).toBe('HD_QUERY')
      expect(error.message).toMatch(/format=webp.*format=avif.*format=png/)
      return
    }
    const { data, channels } = await pixelsOf(await encode(image, format, 90))
    expect(channels).toBe(4)
    expect(
      difference(
        data.filter((_, index) => index % 4 === 3),
        ALPHA,
      ).max,
    ).toBeLessThanOrEqual(format === 'avif' ? 8 : 0)
  })

  test('accepts an opaque alpha channel', async () => {
    const bytes = await encode(imageOf(RGB, WIDTH, HEIGHT, new Uint8Array(WIDTH * HEIGHT).fill(255)), format, 90)
    expect(await sharp(bytes).metadata()).toMatchObject({ width: WIDTH, height: HEIGHT })
  })

  test('keeps grey grey', async () => {
    const rgb = paint(WIDTH, HEIGHT, 3, (x, y) => 7 * x + y)
    const bytes = await encode({ ...imageOf(rgb, WIDTH, HEIGHT), grey: true }, format, 90)
    const { data } = await sharp(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    expect(difference(data, rgb).max).toBeLessThanOrEqual(format === 'png' ? 1 : 8)
    if (format === 'png' || format === 'jpeg') expect(await sharp(bytes).metadata()).toMatchObject({ channels: 1, space: 'b-w' })
    for (let at = 0; at < data.length; at += 3) expect(Math.abs(data[at]! - data[at + 1]!)).toBeLessThanOrEqual(2)
  })

  test('refuses an image that is too wide or high, before any work', async () => {
    const width = FORMAT_FACTS[format].maxSide + 1
    const error = await hdErrorOf(() => encode(imageOf(new Uint8Array(), width, 2), format, 80))
    expect(error.code).toBe('HD_ENCODE')
    expect(error.message).toContain(`${width}x2`)
  })
})

test.each([
  ['webp', 16_383],
  ['avif', 16_384],
  ['jpeg', 65_500],
] as const)('%s really supports %i pixels per side', async (format, side) => {
  const bytes = await encode(imageOf(new Uint8Array(3 * side), side, 1), format, 50)
  expect((await sharp(bytes).metadata()).width).toBe(side)
})

test('a PNG keeps every level, also with grey and alpha', async () => {
  const rgb = noisy(WIDTH, HEIGHT)
  const colour = await pixelsOf(await encode(imageOf(rgb, WIDTH, HEIGHT, ALPHA), 'png', 100))
  const expected = paint(WIDTH, HEIGHT, 4, (x, y, channel) => (channel === 3 ? 8 * x : rgb[3 * (y * WIDTH + x) + channel]!))
  expect(difference(colour.data, expected).max).toBe(0)
  const levels = paint(WIDTH, HEIGHT, 3, (x, y) => 7 * x + y)
  const bytes = await encode({ ...imageOf(levels, WIDTH, HEIGHT, ALPHA), grey: true }, 'png', 100)
  expect(await sharp(bytes).metadata()).toMatchObject({ channels: 2, space: 'b-w' })
  const back = await sharp(bytes).toColourspace('srgb').raw().toBuffer()
  expect(
    difference(
      back,
      paint(WIDTH, HEIGHT, 4, (x, y, channel) => (channel === 3 ? 8 * x : 7 * x + y)),
    ).max,
  ).toBeLessThanOrEqual(1)
})

test('a higher quality is closer to the image', async () => {
  const rgb = noisy(64, 64)
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    const errors: number[] = []
    for (const quality of [20, 60, 95])
      errors.push(difference((await pixelsOf(await encode(imageOf(rgb, 64, 64), format, quality))).data, rgb).mean)
    expect(errors).toEqual(errors.toSorted((a, b) => b - a))
  }
})

test('encoding does not change the image', async () => {
  const rgb = RGB.slice()
  for (const format of OUTPUT_FORMATS) await encode(imageOf(rgb, WIDTH, HEIGHT), format, 80)
  expect(difference(rgb, await encodedImage(RGB, WIDTH, HEIGHT).raw().toBuffer()).max).toBe(0)
})
