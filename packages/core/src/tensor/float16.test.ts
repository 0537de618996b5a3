import { expect, test } from 'vitest'
import { fromHalves, toHalves } from './float16.ts'

test.each([
  [0, 0x0000],
  [2 ** -24, 0x0001],
  [2 ** -14, 0x0400],
  [0.5, 0x3800],
  [1, 0x3c00],
  [1 / 3, 0x3555],
  // Halfway between two neighbours: rounded to even.
  [1 - 2 ** -12, 0x3c00],
  [1 - 3 * 2 ** -12, 0x3bfe],
])('%f has the bits %i', (value, bits) => {
  expect(toHalves(Float32Array.of(value))[0]).toBe(bits)
})

test('every half from the smallest to 1 is converted back to the same bits', () => {
  const halves = Uint16Array.from({ length: 0x3c01 }, (_, bits) => bits)
  expect(toHalves(fromHalves(halves))).toEqual(halves)
})

test('reads signs, infinities and NaN, also from a view of a larger buffer', () => {
  const all = Uint16Array.of(7, 0xbc00, 0x7c00, 0xfc00, 0x7e00, 0x8001)
  expect([...fromHalves(all.subarray(1))]).toEqual([-1, Infinity, -Infinity, Number.NaN, -(2 ** -24)])
})

test('keeps the 256 levels of an image', () => {
  const levels = Float32Array.from({ length: 256 }, (_, level) => level / 255)
  expect([...fromHalves(toHalves(levels))].map((value) => Math.round(value * 255))).toEqual(
    Array.from({ length: 256 }, (_, level) => level),
  )
})
