import { expect, test } from 'vitest'
import { createTensorData, readTile, tensorDims, writeTile } from './tensor.ts'
import { noisy } from '../testing/images.ts'

const RGB_ROWS = { layout: 'NHWC', channels: 3 } as const
const LAYOUTS = ['NHWC', 'NCHW'] as const
const TYPES = ['uint8', 'float32'] as const
const COMBINATIONS = LAYOUTS.flatMap((layout) => TYPES.map((type) => ({ layout, type })))

test.each(COMBINATIONS)('an image read into $layout $type and written back is unchanged', ({ layout, type }) => {
  const image = { width: 9, height: 7, data: noisy(9, 7) }
  const data = createTensorData(type, 3, 5, 4)
  readTile(image, { x: 3, y: 2, width: 5, height: 4 }, { layout, channels: 3 }, data)
  const copy = { ...image, data: image.data.slice() }
  for (let y = 2; y < 6; y++) copy.data.fill(0, 3 * (9 * y + 3), 3 * (9 * y + 8))
  expect(copy.data).not.toEqual(image.data)
  writeTile({ data, width: 5, height: 4, layout, channels: 3 }, { x: 0, y: 0, width: 5, height: 4 }, copy, 3, 2)
  expect(copy.data).toEqual(image.data)
})

test('repeats the last column and row beyond the border', () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  const data = createTensorData('uint8', 3, 3, 2)
  readTile(image, { x: 0, y: 0, width: 3, height: 2 }, RGB_ROWS, data)
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6])
})

test('orders planes red, green, blue', () => {
  const data = createTensorData('uint8', 3, 2, 1)
  readTile(
    { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    { x: 0, y: 0, width: 2, height: 1 },
    { layout: 'NCHW', channels: 3 },
    data,
  )
  expect([...data]).toEqual([1, 4, 2, 5, 3, 6])
  expect(tensorDims({ layout: 'NCHW', channels: 3 }, 2, 1)).toEqual([1, 3, 1, 2])
})

test('clamps floats outside 0 to 1, and rounds the others to the nearest level', () => {
  const image = { width: 2, height: 1, data: new Uint8Array(6) }
  const data = Float32Array.of(-0.5, 1.5, 127.4 / 255, 127.6 / 255, Number.NaN, 1)
  writeTile({ data, width: 2, height: 1, ...RGB_ROWS }, { x: 0, y: 0, width: 2, height: 1 }, image, 0, 0)
  expect([...image.data]).toEqual([0, 255, 127, 128, 0, 255])
})

test('luma is the weighted mean of the colours, rounded for integer tensors', () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 10, 200, 30) }
  const whole = { x: 0, y: 0, width: 2, height: 1 }
  const levels = createTensorData('uint8', 1, 2, 1)
  readTile(image, whole, { layout: 'NCHW', channels: 1 }, levels)
  expect([...levels]).toEqual([76, 124])
  const values = createTensorData('float32', 1, 2, 1)
  readTile(image, whole, { layout: 'NHWC', channels: 1 }, values)
  expect(values[0]).toBeCloseTo(0.299, 6)
  expect(values[1]! * 255).toBeCloseTo(0.299 * 10 + 0.587 * 200 + 0.114 * 30, 4)
})
