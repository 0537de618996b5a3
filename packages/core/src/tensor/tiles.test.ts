import { describe, expect, test } from 'vitest'
import { type AxisLimits, planAxis } from './tiles.ts'

const LENGTHS = [1, 2, 7, 47, 48, 49, 63, 64, 65, 100, 199, 256, 257, 500, 800, 1200, 4096, 5000]
const LIMITS: AxisLimits[] = [
  { tile: 48, overlap: 12 },
  { tile: 100, overlap: 12 },
  { tile: 512, overlap: 12 },
  { tile: 80, overlap: 0 },
  { tile: 95, overlap: 32, multiple: 16 },
  { tile: 64, overlap: 16, exact: true },
  { tile: 80, overlap: 32, exact: true },
]
const CASES = LIMITS.flatMap((limits) => LENGTHS.map((length) => ({ ...limits, length })))

describe('planAxis', () => {
  test.each(CASES)('delivers every pixel once, with context: $length by $tile, overlap $overlap', ({ length, ...limits }) => {
    const { edge, spans } = planAxis(length, limits)
    expect(spans[0]!.from).toBe(0)
    expect(spans.at(-1)!.to).toBe(length)
    for (const [index, { start, from, to }] of spans.entries()) {
      expect(from).toBeLessThan(to)
      if (index > 0) expect(from).toBe(spans[index - 1]!.to)
      expect(start).toBeGreaterThanOrEqual(0)
      expect(start).toBeLessThanOrEqual(from)
      expect(to).toBeLessThanOrEqual(start + edge)
      // Context on both sides, except at the border of the image.
      if (start > 0) expect(from - start).toBeGreaterThanOrEqual(limits.overlap)
      if (start + edge < length) expect(start + edge - to).toBeGreaterThanOrEqual(limits.overlap)
      if (spans.length > 1) expect(start + edge).toBeLessThanOrEqual(length)
    }
    expect(edge).toBeLessThanOrEqual(limits.tile)
    if (limits.exact) expect(edge).toBe(limits.tile)
    if (limits.multiple) expect(edge % limits.multiple).toBe(0)
    if (!limits.exact && !limits.multiple) expect(edge).toBeLessThanOrEqual(length)
  })

  test('uses one tile without padding if the length fits', () => {
    expect(planAxis(37, { tile: 48, overlap: 12 })).toEqual({ edge: 37, spans: [{ start: 0, from: 0, to: 37 }] })
  })

  test('spreads several tiles evenly instead of leaving a narrow one', () => {
    expect(planAxis(520, { tile: 512, overlap: 12 })).toEqual({
      edge: 272,
      spans: [
        { start: 0, from: 0, to: 260 },
        { start: 248, from: 260, to: 520 },
      ],
    })
  })
})
