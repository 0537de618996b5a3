import { expect, test } from 'vitest'
import { applyFilter, createFilter } from './filter.ts'

const FACTORS = [1, 3, 4, 8]
const ramp = (x: number, y: number) => 100 + 10 * x - 4 * y
const waves = (x: number, y: number) => 128 + 90 * Math.sin(3 * x) * Math.cos(2 * y + x)
const largest = (values: Float32Array) => Math.max(...values.map(Math.abs))

/** Levels as a function of the position in source pixels, with the border that the filter reads. */
function paint(
  factor: number,
  reach: number,
  width: number,
  height: number,
  level: (x: number, y: number) => number,
): Float32Array {
  const position = (index: number) => (index + 0.5) / factor - reach
  const [wide, high] = [factor * (width + 2 * reach), factor * (height + 2 * reach)]
  return Float32Array.from({ length: wide * high }, (_, at) => level(position(at % wide), position(Math.floor(at / wide))))
}

test.each(FACTORS)(
  'with the factor %i a flat area stays flat, and the filter reads at most two source pixels beyond it',
  (factor) => {
    const filter = createFilter(factor)
    expect(filter.reach).toBe(2)
    const result = applyFilter(
      paint(factor, 2, 5, 3, () => 77),
      5,
      3,
      filter,
    )
    expect(result).toHaveLength(60)
    for (const level of result) expect(level).toBeCloseTo(77, 3)
  },
)

test.each(FACTORS)('with the factor %i ramps stay on centre', (factor) => {
  const filter = createFilter(factor)
  const result = applyFilter(paint(factor, 2, 6, 4, ramp), 6, 4, filter)
  for (const [index, value] of result.entries()) {
    // Lanczos reproduces a ramp to within a hundredth of its slope.
    expect(Math.abs(value - ramp((index % 12) / 2 + 0.25, Math.floor(index / 12) / 2 + 0.25))).toBeLessThan(0.15)
  }
})

test.each(FACTORS)('with the factor %i a mirrored image produces the mirrored result', (factor) => {
  const filter = createFilter(factor)
  const plain = applyFilter(paint(factor, 2, 7, 5, waves), 7, 5, filter)
  const mirrored = applyFilter(
    paint(factor, 2, 7, 5, (x, y) => waves(7 - x, 5 - y)),
    7,
    5,
    filter,
  )
  const turned = mirrored.toReversed()
  for (const [index, value] of plain.entries()) expect(turned[index]).toBeCloseTo(value, 3)
})

test('removes detail that is too fine for two samples per pixel, and keeps the rest', () => {
  const filter = createFilter(4)
  const wave = (cycles: number) =>
    applyFilter(
      paint(4, 2, 8, 8, (x) => 100 * Math.sin(2 * Math.PI * cycles * (x - 0.1))),
      8,
      8,
      filter,
    )
  expect(largest(wave(1.75))).toBeLessThan(5)
  expect(largest(wave(0.4))).toBeGreaterThan(95)
})
