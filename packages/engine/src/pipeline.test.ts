import { expect, test } from 'vitest'
import { compileModule } from './module.ts'
import { Pipeline } from './pipeline.ts'
import { prepareNetwork } from './prepared.ts'
import { type Rectangle, tilesOf } from './region.ts'
import { Source } from './source.ts'
import { planStrips } from './strips.ts'
import { createImage } from './testing/noise.ts'
import { createLayers } from './testing/network.ts'
import { upscaleSlowly } from './testing/reference.ts'
import { type Layer, readWeights, writeWeights } from './weights.ts'

const module = await compileModule()

function open(channels: number, count: number): { layers: Layer[]; pipeline: Pipeline } {
  const layers = createLayers(channels, count)
  return { layers, pipeline: new Pipeline(module, prepareNetwork(module, readWeights(writeWeights(layers)))) }
}

function whole(width: number, height: number): Rectangle {
  return { left: 0, top: 0, right: tilesOf(width), bottom: tilesOf(height) }
}

/** The pixels of a region, at their position in the whole result. */
function run(
  pipeline: Pipeline,
  width: number,
  height: number,
  region = whole(width, height),
  to = new Uint8Array(12 * width * height),
): Uint8Array {
  const image = createImage(width, height)
  const task = { width, height, region }
  const source = new Source(image, task, pipeline.depth)
  let rows = new Uint8Array()
  pipeline.begin(task)
  while (!pipeline.isDone) {
    const { wanted } = pipeline
    if (wanted > 0 && rows.length === 0) rows = source.next()!
    pipeline.step(rows.subarray(0, wanted), (line, column, bytes) => to.set(bytes, 3 * (2 * width * line + column)))
    rows = rows.subarray(wanted)
  }
  expect(source.next()).toBeUndefined()
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
  const { layers, pipeline } = open(channels, count)
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
    // Truncated, not rounded: the bias includes the half. The error of float32 sums is far below one level.
    for (const [at, value] of actual.entries()) {
      expect(expected[at]! - value).toBeGreaterThan(-0.01)
      expect(expected[at]! - value).toBeLessThan(1.01)
    }
  }
})

test.each([
  [32, 3],
  [48, 2],
])('parts of an image have the same bytes as the whole, with %i channels and %i layers', (channels, count) => {
  const { pipeline } = open(channels, count)
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
        run(pipeline, width, height, { left, right, top, bottom }, actual)
    expect(Buffer.compare(actual, expected)).toBe(0)
  }
})

test.each([
  [32, 3, 701, 22],
  [40, 9, 640, 13],
  [8, 64, 530, 12],
])('strips do not change the result, with %i channels and %i layers at %ix%i', (channels, count, width, height) => {
  const { pipeline } = open(channels, count)
  const { right, bottom } = whole(width, height)
  expect(planStrips({ width, height, region: whole(width, height) }, count + 1).length).toBeGreaterThan(1)
  const expected = new Uint8Array(12 * width * height)
  // One strip each.
  for (let left = 0; left < right; left += 20)
    run(pipeline, width, height, { left, right: Math.min(right, left + 20), top: 0, bottom }, expected)
  expect(Buffer.compare(run(pipeline, width, height), expected)).toBe(0)
  run(pipeline, width, height, { left: 1, right: right - 1, top: 1, bottom: bottom - 1 }, expected.fill(7))
  const [first, last] = [expected.subarray(0, 6 * 8 * width), expected.subarray(expected.length - 6 * 2 * width)]
  expect(new Set([...first, ...last])).toEqual(new Set([7]))
})

test('a task is not affected by earlier ones', () => {
  const { pipeline } = open(16, 4)
  const fresh = run(open(16, 4).pipeline, 22, 9)
  run(pipeline, 90, 40)
  run(pipeline, 23, 41)
  expect(Buffer.compare(run(pipeline, 22, 9), fresh)).toBe(0)
})
