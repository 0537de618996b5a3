import { describe, expect, test } from 'vitest'
import { bleed } from './bleed.ts'
import { enlarge } from '../upscaler/enlarge.ts'
import { clearInvisible } from './invisible.ts'
import { decodeSource } from './pixels.ts'
import { resample } from '../upscaler/resample.ts'
import { readHeader } from '../source/source.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { difference, encodedImage, noisy, paint, pixelsOf, randomNumbers, sourceOf } from '../testing/images.ts'
import type { Upscaler } from '../upscaler/upscaler.ts'

const SIDE = 40

/** A disc of one colour; outside it, and where it is nearly transparent, pixels have the colour `hidden`. */
function disc(edge: number, hidden: (random: () => number) => number): Uint8Array {
  const random = randomNumbers(7)
  return paint(SIDE, SIDE, 4, (x, y, channel) => {
    const inside = (SIDE * 0.35 - Math.hypot(x - SIDE / 2 + 0.5, y - SIDE / 2 + 0.5)) / edge + 0.5
    const alpha = Math.round(255 * Math.min(1, Math.max(0, inside)))
    if (channel === 3) return alpha
    const garbage = hidden(random)
    return alpha < 8 ? garbage : [230, 140, 60][channel]!
  })
}

function composite(rgba: Uint8Array, background: readonly number[]): Uint8Array {
  return paint(rgba.length / 4, 1, 3, (pixel, _, channel) => {
    const alpha = rgba[4 * pixel + 3]! / 255
    return rgba[4 * pixel + channel]! * alpha + background[channel]! * (1 - alpha)
  })
}

const BACKGROUNDS = {
  white: [255, 255, 255],
  black: [0, 0, 0],
  red: [255, 0, 0],
  green: [0, 255, 0],
}

const SHAPES: Record<string, Uint8Array> = {
  'a hard edge on black': disc(0.001, () => 0),
  'an anti-aliased edge on black': disc(1.5, () => 0),
  'a soft edge on black': disc(8, () => 0),
  'an anti-aliased edge on white': disc(1.5, () => 255),
  'an anti-aliased edge on garbage': disc(1.5, (random) => 256 * random()),
}

describe.each(Object.entries(SHAPES))('the 2x of a shape with %s', (_, rgba) => {
  const upscalers: [Upscaler, number][] = [
    // Interpolation before and after compositing differs only by rounding.
    [resample({ interpolator: 'bicubic' }), 4],
    // The colour is repeated while alpha is interpolated: still no colour from outside.
    [repeater(), 4],
  ]
  test.each(upscalers)('has no rim on any background ($name)', async (upscaler, bound) => {
    const { hd, source } = await workshop({ upscaler })
    const asset = await hd.job(await source('disc.png', await encodedImage(rgba, SIDE, SIDE, 4).png().toBuffer())).make()
    const { data } = await pixelsOf(asset.bytes)
    for (const [name, background] of Object.entries(BACKGROUNDS)) {
      const before = { width: SIDE, height: SIDE, channels: 3 as const, data: composite(rgba, background) }
      const expected = await enlarge(before, 2 * SIDE, 2 * SIDE, 'bicubic')
      // If bicubic overshoots, only the enlarged composite is clipped at 0 and 255.
      expect(difference(composite(data, background), expected).max, name).toBeLessThanOrEqual(bound + clipping(rgba))
    }
  })
})

/** A hard edge makes bicubic overshoot by up to a tenth of the step, which compositing after clipping does not show. */
function clipping(rgba: Uint8Array): number {
  const soft = rgba.filter((level, index) => index % 4 === 3 && level > 0 && level < 255).length
  return soft > 8 * SIDE ? 2 : 30
}

describe('filling under transparency', () => {
  test('changes no reliable pixels, and nothing at all if all or none are visible', async () => {
    const rgb = noisy(20, 20)
    for (const alpha of [new Uint8Array(400), new Uint8Array(400).fill(255), new Uint8Array(400).fill(16)]) {
      const filled = rgb.slice()
      await bleed(filled, alpha, 20, 20)
      expect(difference(filled, rgb).max).toBe(0)
    }
    const alpha = paint(20, 20, 1, (x) => 13 * x)
    const filled = rgb.slice()
    await bleed(filled, alpha, 20, 20)
    for (let pixel = 0; pixel < 400; pixel++) if (alpha[pixel]! >= 16) expect(filled[3 * pixel]).toBe(rgb[3 * pixel])
  })

  test('reaches every pixel, with colours only of visible ones', async () => {
    const rgb = paint(90, 70, 3, (x) => (x < 3 ? 200 : 0))
    const alpha = paint(90, 70, 1, (x) => (x < 3 ? 255 : 0))
    await bleed(rgb, alpha, 90, 70)
    expect(rgb.every((level) => level === 200)).toBe(true)
  })

  test('does not block the event loop', async () => {
    const [width, height] = [2000, 1000]
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const alpha = paint(width, height, 1, (x) => (x < width / 2 ? 255 : 0))
    await bleed(new Uint8Array(3 * width * height), alpha, width, height)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })

  test('is a part of decoding', async () => {
    const source = sourceOf(await encodedImage(SHAPES['an anti-aliased edge on black']!, SIDE, SIDE, 4).png().toBuffer())
    const { rgb } = await decodeSource(source, await readHeader(source, 1_000_000, 2))
    expect([...rgb.subarray(0, 3)]).toEqual([230, 140, 60])
  })
})

test('invisible pixels are black in the result, except a margin around visible ones', async () => {
  const [width, height] = [15, 9]
  const doubled = new Uint8Array(12 * width * height).fill(9)
  const alpha = paint(width, height, 1, (x, y) => (x === 4 && y === 4 ? 1 : x > 12 ? 255 : 0))
  await clearInvisible(doubled, alpha, width, height, 2)
  const expected = paint(2 * width, 2 * height, 3, (column, row) => {
    const [x, y] = [column >> 1, row >> 1]
    return (Math.abs(x - 4) <= 2 && Math.abs(y - 4) <= 2) || x >= 11 ? 9 : 0
  })
  expect(difference(doubled, expected).max).toBe(0)
})
