import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodeSource, type Image } from './pixels.ts'
import { readHeader } from '../source/source.ts'
import { colourful, difference, encodedImage, noisy, paint, sourceOf } from '../testing/images.ts'

async function decode(bytes: Uint8Array): Promise<Image> {
  const source = sourceOf(bytes)
  return decodeSource(source, await readHeader(source, 1_000_000, 2))
}

const WIDTH = 10
const HEIGHT = 6
const RGB = colourful(WIDTH, HEIGHT)

describe('decoded pixels', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('are upright, whatever the orientation (%i)', async (orientation) => {
    // The image as a camera would store it, so that the orientation restores it.
    const stored = [
      (image: Sharp) => image,
      (image: Sharp) => image.flop(),
      (image: Sharp) => image.rotate(180),
      (image: Sharp) => image.flip(),
      async (image: Sharp) => sharp(await image.rotate(90).png().toBuffer()).flop(),
      (image: Sharp) => image.rotate(270),
      async (image: Sharp) => sharp(await image.rotate(270).png().toBuffer()).flop(),
      (image: Sharp) => image.rotate(90),
    ][orientation - 1]!
    const bytes = await (await stored(encodedImage(RGB, WIDTH, HEIGHT))).png().withMetadata({ orientation }).toBuffer()
    const image = await decode(bytes)
    expect([image.width, image.height]).toEqual([WIDTH, HEIGHT])
    expect(difference(image.rgb, RGB).max).toBe(0)
  })

  test('of 16 bits are reduced to 8', async () => {
    const wide = Uint16Array.from(RGB, (level) => level * 257)
    const input = sharp(wide, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    const bytes = await input.toColourspace('rgb16').png().toBuffer()
    expect((await sharp(bytes).metadata()).depth).toBe('ushort')
    expect(difference((await decode(bytes)).rgb, RGB).max).toBeLessThanOrEqual(1)
  })

  test('of a grey image have three equal channels, and the image remains marked as grey', async () => {
    const levels = paint(16, 16, 1, (x, y) => 16 * y + x)
    for (const image of [
      encodedImage(levels, 16, 16, 1).toColourspace('b-w').png(),
      encodedImage(levels, 16, 16, 1).toColourspace('grey16').png(),
    ]) {
      const decoded = await decode(await image.toBuffer())
      expect(decoded.grey).toBe(true)
      expect(decoded.alpha).toBeUndefined()
      expect(
        difference(
          decoded.rgb,
          paint(16, 16, 3, (x, y) => 16 * y + x),
        ).max,
      ).toBeLessThanOrEqual(1)
    }
  })

  test('of a grey image with alpha are separated', async () => {
    const both = paint(16, 4, 2, (x, y, channel) => (channel === 0 ? 10 * x + y : 255 - 8 * x))
    const decoded = await decode(await encodedImage(both, 16, 4, 2).toColourspace('b-w').png().toBuffer())
    expect(decoded.grey).toBe(true)
    expect(
      difference(
        decoded.alpha!,
        paint(16, 4, 1, (x) => 255 - 8 * x),
      ).max,
    ).toBe(0)
    expect(
      difference(
        decoded.rgb,
        paint(16, 4, 3, (x, y) => 10 * x + y),
      ).max,
    ).toBe(0)
  })

  test('of a palette with transparent entries are separated', async () => {
    const rgba = paint(
      8,
      8,
      4,
      (x, y, channel) => [x < 4 ? 250 : 20, 40, y < 4 ? 30 : 200, x < 2 ? 0 : x < 4 ? 128 : 255][channel]!,
    )
    const bytes = await encodedImage(rgba, 8, 8, 4).png({ palette: true }).toBuffer()
    expect((await sharp(bytes).metadata()).isPalette).toBe(true)
    const decoded = await decode(bytes)
    expect(
      difference(
        decoded.alpha!,
        paint(8, 8, 1, (x) => (x < 2 ? 0 : x < 4 ? 128 : 255)),
      ).max,
    ).toBeLessThanOrEqual(2)
    expect(decoded.rgb[3 * 7]!).toBeLessThan(30)
    expect(decoded.rgb[3 * 3]!).toBeGreaterThan(240)
  })

  test('of a CMYK image are converted to RGB', async () => {
    const patches: [number, number, number][] = [
      [255, 255, 255],
      [0, 0, 0],
      [128, 128, 128],
    ]
    for (const colour of patches) {
      const flat = paint(16, 16, 3, (_, __, channel) => colour[channel]!)
      const bytes = await encodedImage(flat, 16, 16).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
      expect((await sharp(bytes).metadata()).channels).toBe(4)
      const decoded = await decode(bytes)
      expect(decoded.alpha).toBeUndefined()
      // White of paper and black of ink differ from those of a screen.
      expect(difference(decoded.rgb, flat).max).toBeLessThan(40)
    }
  })

  test('of a Display-P3 image are converted to sRGB', async () => {
    const flat = paint(8, 8, 3, (_, __, channel) => [200, 100, 50][channel]!)
    const tagged = await encodedImage(flat, 8, 8).png().withIccProfile('p3').toBuffer()
    // The stored values are in P3; the same colours in sRGB are the original values.
    const storedRed = (await sharp(tagged, { ignoreIcc: true }).raw().toBuffer())[0]!
    expect(storedRed).toBeLessThan(195)
    expect(difference((await decode(tagged)).rgb, flat).max).toBeLessThanOrEqual(2)
  })

  test('of an image without visible pixels are unchanged', async () => {
    const rgba = noisy(8, 8, 4).map((level, index) => (index % 4 === 3 ? 0 : level))
    const decoded = await decode(await encodedImage(rgba, 8, 8, 4).png().toBuffer())
    expect(decoded.alpha!.every((level) => level === 0)).toBe(true)
  })

  test('of one pixel, one row and one column keep their size', async () => {
    for (const [width, height] of [
      [1, 1],
      [7, 1],
      [1, 7],
    ] as const) {
      const rgb = noisy(width, height)
      const decoded = await decode(await encodedImage(rgb, width, height).png().toBuffer())
      expect([decoded.width, decoded.height]).toEqual([width, height])
      expect(difference(decoded.rgb, rgb).max).toBe(0)
    }
  })
})
