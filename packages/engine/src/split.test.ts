import { expect, test } from 'vitest'
import { type Region, tilesOf } from './region.ts'
import { splitImage } from './split.ts'
import { planStrips } from './strips.ts'

const LAYERS = 12

const area = ({ left, top, right, bottom }: { left: number; top: number; right: number; bottom: number }): number =>
  (right - left) * (bottom - top)

test.each([
  [1, 1, 1],
  [1, 3000, 3],
  [3000, 1, 4],
  [512, 512, 2],
  [1200, 800, 2],
  [5000, 5000, 2],
  [30000, 800, 2],
  [4000, 3000, 7],
])('the regions of %ix%i for %i workers cover the image without overlap', (width, height, workers) => {
  const regions = splitImage(width, height, workers, LAYERS)
  expect(regions.reduce((sum, region) => sum + area(region), 0)).toBe(tilesOf(width) * tilesOf(height))
  const places = new Set(regions.map(({ left, top }) => `${left} ${top}`))
  expect(places.size).toBe(regions.length)
  for (const region of regions) {
    expect(area(region)).toBeGreaterThan(0)
    expect(region.right).toBeLessThanOrEqual(tilesOf(width))
    expect(region.bottom).toBeLessThanOrEqual(tilesOf(height))
    expect(region.bottom - region.top).toBeLessThanOrEqual(513)
  }
})

/** Tiles that are computed for a region, in all layers. */
function work(width: number, height: number, region: Region): number {
  return planStrips({ width, height, region }, LAYERS)
    .flatMap(({ parts }) => parts)
    .reduce((sum, part) => sum + area(part), 0)
}

test('workers get the same number of regions with the same work, if the image is high enough', () => {
  for (const workers of [1, 2, 3, 4, 8])
    for (const [width, height] of [
      [512, 512],
      [1200, 800],
      [5000, 3000],
    ] as const) {
      const regions = splitImage(width, height, workers, LAYERS)
      expect(regions.length % workers).toBe(0)
      const works = regions.map((region) => work(width, height, region))
      expect(Math.max(...works) / Math.min(...works)).toBeLessThan(1.2)
    }
})

test.each([
  [512, 512, 2],
  [1200, 800, 2],
  [512, 512, 8],
  [201, 150, 3],
])('nothing of %ix%i is computed twice by %i workers', (width, height, workers) => {
  const regions = splitImage(width, height, workers, LAYERS)
  expect(regions).toHaveLength(workers)
  expect(regions.reduce((sum, region) => sum + work(width, height, region), 0)).toBe(LAYERS * tilesOf(width) * tilesOf(height))
})

test('a region that takes a seam comes after the one below, which gives it', () => {
  const regions = splitImage(400, 400, 4, LAYERS)
  expect(regions.map(({ gives, takes }) => [gives, takes])).toEqual([
    [true, false],
    [true, true],
    [true, true],
    [false, true],
  ])
  for (const [index, region] of regions.slice(1).entries()) expect(region.bottom).toBe(regions[index]!.top)
})

/** Columns and rows of the regions. */
function grid(width: number, height: number, workers: number): number[] {
  const regions = splitImage(width, height, workers, LAYERS)
  return [new Set(regions.map(({ left }) => left)).size, new Set(regions.map(({ top }) => top)).size]
}

test('the seams between regions are as short as possible', () => {
  expect(grid(1500, 1200, 2)).toEqual([2, 1])
  expect(grid(1200, 1500, 2)).toEqual([1, 2])
  expect(grid(1300, 1300, 4)).toEqual([2, 2])
  expect(grid(4000, 30, 8)).toEqual([8, 1])
  expect(grid(30, 10000, 2)).toEqual([1, 6])
})

test('a small image is not split into regions that are too small to pay off', () => {
  expect(splitImage(60, 60, 8, LAYERS)).toHaveLength(1)
  expect(splitImage(64, 40, 8, LAYERS)).toHaveLength(2)
  expect(splitImage(200, 150, 64, LAYERS).length).toBeLessThanOrEqual(24)
})
