import { describe, expect, test } from 'vitest'
import { enlarge, isConstant } from './enlarge.ts'
import { difference, noisy, paint } from '../testing/images.ts'

const INTERPOLATORS = ['bicubic', 'nohalo'] as const
type Channels = 1 | 3

function flip(data: Uint8Array, width: number, height: number, channels: Channels, across: boolean, down: boolean): Uint8Array {
  return paint(width, height, channels, (x, y, channel) => {
    const row = down ? height - 1 - y : y
    const column = across ? width - 1 - x : x
    return data[(row * width + column) * channels + channel]!
  })
}

describe.each(INTERPOLATORS)('enlarging by %s', (interpolator) => {
  test.each([
    [12, 9, 24, 18],
    [37, 21, 74, 42],
    [25, 11, 74, 40],
    [64, 40, 100, 63],
  ])('treats both directions equally for %ix%i to %ix%i', async (width, height, wide, high) => {
    for (const channels of [1, 3] as const) {
      const data = noisy(width, height, channels)
      const plain = await enlarge({ width, height, channels, data }, wide, high, interpolator)
      expect(plain).toHaveLength(wide * high * channels)
      for (const [across, down] of [
        [true, false],
        [false, true],
      ] as const) {
        const flipped = flip(data, width, height, channels, across, down)
        const result = await enlarge({ width, height, channels, data: flipped }, wide, high, interpolator)
        expect(difference(flip(result, wide, high, channels, across, down), plain).max).toBeLessThanOrEqual(1)
      }
    }
  })

  test.each([
    [40, 80],
    [37, 74],
    [25, 74],
    [64, 100],
    [50, 51],
  ])('keeps a linear ramp of %i pixels linear over %i', async (from, to) => {
    const slope = 4
    const level = (position: number): number => 20 + slope * position
    const data = paint(from, from, 1, (x) => Math.min(level(x), 255))
    const usable = Math.floor((255 - 20) / slope)
    const enlarged = await enlarge({ width: from, height: from, channels: 1, data }, to, to, interpolator)
    const factor = to / from
    for (let x = 0; x < to; x++) {
      const position = (x + 0.5) / factor - 0.5
      // The ramp bends near the borders and near the clipped end.
      if (position < 3 || position > Math.min(from, usable) - 4) continue
      for (const y of [0, to >> 1, to - 1]) {
        expect(Math.abs(enlarged[y * to + x]! - level(position)), `column ${x}`).toBeLessThanOrEqual(1)
      }
    }
  })

  test.each([
    [1, 1],
    [1, 9],
    [9, 1],
    [2, 2],
  ])('works for %ix%i', async (width, height) => {
    for (const channels of [1, 3] as const) {
      const data = noisy(width, height, channels)
      const enlarged = await enlarge({ width, height, channels, data }, 2 * width, 2 * height, interpolator)
      expect(enlarged).toHaveLength(4 * width * height * channels)
      if (width * height === 1)
        for (let index = 0; index < enlarged.length; index++) expect(enlarged[index]).toBe(data[index % channels])
    }
  })

  test('keeps a flat area flat, up to its borders', async () => {
    const data = new Uint8Array(3 * 13 * 7).fill(77)
    const enlarged = await enlarge({ width: 13, height: 7, channels: 3, data }, 26, 14, interpolator)
    expect(enlarged.every((level) => level === 77)).toBe(true)
  })
})

test('distinguishes constant data from data that differs in one byte', () => {
  expect(isConstant(new Uint8Array())).toBe(true)
  expect(isConstant(new Uint8Array([3]))).toBe(true)
  expect(isConstant(new Uint8Array(1000).fill(255))).toBe(true)
  for (const at of [0, 500, 999]) expect(isConstant(new Uint8Array(1000).fill(255).fill(254, at, at + 1))).toBe(false)
  expect(isConstant(new Uint8Array([1, 7, 7, 2]).subarray(1, 3))).toBe(true)
})
