import { expect, test } from 'vitest'
import { toHalf } from './half.ts'
import { fromHalf } from './testing/half.ts'
import { createNoise } from './testing/noise.ts'

test('converts every float16 to a number and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromHalf(bits)
    if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits)
    else expect(fromHalf(toHalf(value))).toBeNaN()
  }
})

test('encodes known numbers as IEEE 754 does', () => {
  const known = { 1: 0x3c00, '-2': 0xc000, 65504: 0x7bff, 0.333251953125: 0x3555, [2 ** -14]: 0x0400, [2 ** -24]: 0x0001 }
  for (const [value, bits] of Object.entries(known)) expect(toHalf(Number(value)), value).toBe(bits)
})

test('rounds to the nearest, ties to even', () => {
  const noise = createNoise(3)
  for (let round = 0; round < 2000; round++) {
    const bits = noise() % 0x7bff
    const [low, high] = [fromHalf(bits), fromHalf(bits + 1)]
    const middle = (low + high) / 2
    expect(toHalf(low + (high - low) / 4)).toBe(bits)
    expect(toHalf(high - (high - low) / 4)).toBe(bits + 1)
    expect(toHalf(middle)).toBe(bits % 2 === 0 ? bits : bits + 1)
  }
})

test('converts numbers that are too large to infinity', () => {
  expect(toHalf(65519)).toBe(0x7bff)
  expect(toHalf(65520)).toBe(0x7c00)
  expect(toHalf(-1e9)).toBe(0xfc00)
})
