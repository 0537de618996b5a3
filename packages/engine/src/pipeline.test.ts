import { expect, test } from 'vitest'
import { compileModule } from './module.ts'
import { Pipeline } from './pipeline.ts'
import { prepareNetwork } from './prepared.ts'
import type { RgbImage } from './api.ts'
import { type Region, tilesOf } from './region.ts'
import { Source } from './source.ts'
import { splitImage } from './split.ts'
import { planStrips } from './strips.ts'
import { createImage } from './testing/noise.ts'
import { createLayers } from './testing/network.ts'
import { upscaleSlowly } from './testing/reference.ts'
import { type Layer, readWeights, writeWeights } from './weights.ts'

const module = await compileModule()

function open(layers: Layer[]): Pipeline {
  return new Pipeline(module, prepareNetwork(module, readWeights(writeWeights(layers))))
}

function whole(width: number, height: number): Region {
  return { left: 0, top: 0, right: tilesOf(width), bottom: tilesOf(height), gives: false, takes: false }
}

/** The pixels of a region, at their position in the whole result. @param seams taken from the region below @returns also those given to the region above */
function runRegion(pipeline: Pipeline, image: RgbImage, region: Region, to: Uint8Array, seams: Uint8Array[] = []): Uint8Array[] {
  const { width, height } = image
  const task = { width, height, region }
  const source = new Source(image, task, pipeline.depth)
  const given: Uint8Array[] = []
  const output = {
    pixels: (line: number, column: number, bytes: Uint8Array) => to.set(bytes, 3 * (2 * width * line + column)),
    seam: (rows: Uint8Array) => given.push(rows),
  }
  let rows = new Uint8Array()
  pipeline.begin(task)
  while (!pipeline.isDone) {
    const { wanted } = pipeline
    if (wanted > 0 && rows.length === 0) rows = source.next()!
    if (pipeline.needsSeam) pipeline.takeSeam(seams.shift()!)
    pipeline.step(rows.subarray(0, wanted), output)
    rows = rows.subarray(wanted)
  }
  expect(source.next()).toBeUndefined()
  return given
}

function run(
  pipeline: Pipeline,
  width: number,
  height: number,
  region = whole(width, height),
  to = new Uint8Array(12 * width * height),
): Uint8Array {
  runRegion(pipeline, createImage(width, height), region, to)
  return to
}

test.each([
  [8, 1],
  [8, 4],
  [16, 2],
  [24, 3],
  [32, 1],
  [32, 11],
  [40, 2],
  [48, 3],
  [72, 2],
])('%i channels and %i layers agree with a plain convolution in float64', (channels, count) => {
  const layers = createLayers(channels, count)
  // Smaller details, so that few are cut off at black and white.
  for (const values of [layers.at(-1)!.kernel, layers.at(-1)!.bias])
    for (const [at, value] of values.entries()) values[at] = value / 8
  const pipeline = open(layers)
  for (const [width, height] of [
    [1, 1],
    [1, 6],
    [9, 1],
    [7, 5],
    [18, 13],
    [8, 12],
  ] as const) {
    const expected = upscaleSlowly(layers, createImage(width, height))
    const actual = run(pipeline, width, height)
    // Truncated, not rounded: the bias includes the half in networks that are used. Integers of 16 bits cost about a thousandth of the details.
    for (const [at, value] of actual.entries()) {
      expect(expected[at]! - value).toBeGreaterThan(-0.16)
      expect(expected[at]! - value).toBeLessThan(1.16)
    }
  }
})

test('sums of integers do not overflow where all channels of an image and of a kernel agree', () => {
  const [first, inner, last] = createLayers(256, 2)
  const layers = [
    { ...first!, kernel: first!.kernel.fill(0.2), bias: first!.bias.fill(0) },
    { ...inner!, kernel: inner!.kernel.fill(-0.0004), bias: inner!.bias.fill(0), slope: 0.9 },
    { ...last!, kernel: last!.kernel.fill(0.00005), bias: last!.bias.fill(0.5) },
  ]
  const white = { width: 8, height: 8, data: new Uint8Array(192).fill(255) }
  const expected = upscaleSlowly(layers, white)
  const actual = new Uint8Array(12 * 64)
  runRegion(open(layers), white, whole(8, 8), actual)
  for (const [at, value] of actual.entries()) expect(Math.abs(expected[at]! - 0.5 - value)).toBeLessThan(0.7)
  expect(Math.max(...actual)).toBeLessThan(250)
})

test.each([
  [32, 3],
  [48, 2],
])('parts of an image have the same bytes as the whole, with %i channels and %i layers', (channels, count) => {
  const pipeline = open(createLayers(channels, count))
  for (const [width, height] of [
    [61, 54],
    [40, 30],
  ] as const) {
    const expected = run(pipeline, width, height)
    const actual = new Uint8Array(expected.length)
    const [columns, bands] = [tilesOf(width), tilesOf(height)]
    for (const [left, right] of [
      [0, 3],
      [3, 4],
      [4, columns],
    ] as const)
      for (const [top, bottom] of [
        [0, 1],
        [1, bands - 2],
        [bands - 2, bands],
      ] as const)
        run(pipeline, width, height, { ...whole(width, height), left, right, top, bottom }, actual)
    expect(Buffer.compare(actual, expected)).toBe(0)
  }
})

test.each([
  [8, 1, 40, 70, 2],
  [32, 3, 61, 102, 3],
  [40, 2, 700, 99, 3],
  [16, 11, 300, 210, 4],
  [32, 11, 513, 257, 2],
])(
  'regions that share seams have the same bytes as the whole, with %i channels and %i layers at %ix%i in %i regions',
  (channels, count, width, height, workers) => {
    const pipeline = open(createLayers(channels, count))
    const regions = splitImage(width, height, workers, count + 1)
    expect(regions.filter(({ takes }) => takes)).toHaveLength(workers - 1)
    const actual = new Uint8Array(12 * width * height)
    let seams: Uint8Array[] = []
    for (const region of regions) {
      const given = runRegion(pipeline, createImage(width, height), region, actual, seams)
      expect(seams).toHaveLength(0)
      seams = given
    }
    expect(seams).toHaveLength(0)
    expect(Buffer.compare(actual, run(pipeline, width, height))).toBe(0)
  },
)

test.each([
  [32, 3, 701, 22],
  [40, 9, 640, 13],
  [8, 64, 530, 12],
])('strips do not change the result, with %i channels and %i layers at %ix%i', (channels, count, width, height) => {
  const pipeline = open(createLayers(channels, count))
  const { right, bottom } = whole(width, height)
  expect(planStrips({ width, height, region: whole(width, height) }, count + 1).length).toBeGreaterThan(1)
  const expected = new Uint8Array(12 * width * height)
  // One strip each.
  for (let left = 0; left < right; left += 20)
    run(pipeline, width, height, { ...whole(width, height), left, right: Math.min(right, left + 20) }, expected)
  expect(Buffer.compare(run(pipeline, width, height), expected)).toBe(0)
  run(
    pipeline,
    width,
    height,
    { ...whole(width, height), left: 1, right: right - 1, top: 1, bottom: bottom - 1 },
    expected.fill(7),
  )
  const [first, last] = [expected.subarray(0, 6 * 8 * width), expected.subarray(expected.length - 6 * 2 * width)]
  expect(new Set([...first, ...last])).toEqual(new Set([7]))
})

test('a task is not affected by earlier ones', () => {
  const pipeline = open(createLayers(16, 4))
  const fresh = run(open(createLayers(16, 4)), 22, 9)
  run(pipeline, 90, 40)
  run(pipeline, 23, 41)
  expect(Buffer.compare(run(pipeline, 22, 9), fresh)).toBe(0)
})

test('an image of any width can be planned', () => {
  const width = 15_000_000
  expect(() => open(createLayers(8, 1)).begin({ width, height: 1, region: whole(width, 1) })).not.toThrow()
})

test('a seam is not affected by a task that was dropped while it was collected', () => {
  const pipeline = open(createLayers(8, 3))
  const [narrow, wide] = [createImage(20, 100), createImage(90, 100)]
  const [below] = splitImage(20, 100, 2, 4)
  const source = new Source(narrow, { width: 20, height: 100, region: below! }, 4)
  pipeline.begin({ width: 20, height: 100, region: below! })
  const rows = source.next()!
  const nowhere = { pixels: () => undefined, seam: () => expect.unreachable() }
  // The first two layers have begun.
  for (let step = 0, at = 0; step < 4; step++) {
    const { wanted } = pipeline
    pipeline.step(rows.subarray(at, (at += wanted)), nowhere)
  }
  const actual = new Uint8Array(12 * 90 * 100)
  let seams: Uint8Array[] = []
  for (const region of splitImage(90, 100, 2, 4)) seams = runRegion(pipeline, wide, region, actual, seams)
  expect(Buffer.compare(actual, run(pipeline, 90, 100))).toBe(0)
})
