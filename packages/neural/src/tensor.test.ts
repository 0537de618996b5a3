import { expect, test } from 'vitest'
import { createTensorData, readTile, tensorDims, writeTile } from './tensor.ts'
import { drawPicture } from './testing/pictures.ts'

const LAYOUTS = ['NHWC', 'NCHW'] as const
const TYPES = ['uint8', 'float32'] as const
const COMBINATIONS = LAYOUTS.flatMap((layout) => TYPES.map((type) => ({ layout, type })))

test.each(COMBINATIONS)('a picture read into $layout $type and written back is unchanged', ({ layout, type }) => {
  const picture = drawPicture(9, 7)
  const data = createTensorData(type, 5, 4)
  readTile(picture, { x: 3, y: 2, width: 5, height: 4 }, layout, data)
  const copy = { ...picture, data: picture.data.slice() }
  for (let y = 2; y < 6; y++) copy.data.fill(0, 3 * (9 * y + 3), 3 * (9 * y + 8))
  expect(copy.data).not.toEqual(picture.data)
  writeTile({ data, width: 5, height: 4, layout }, { x: 0, y: 0, width: 5, height: 4 }, copy, 3, 2)
  expect(copy.data).toEqual(picture.data)
})

test('what lies beyond the border repeats the last column and row', () => {
  const picture = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  const data = createTensorData('uint8', 3, 2)
  readTile(picture, { x: 0, y: 0, width: 3, height: 2 }, 'NHWC', data)
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6])
})

test('planes come in the order red, green, blue', () => {
  const data = createTensorData('uint8', 2, 1)
  readTile({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, { x: 0, y: 0, width: 2, height: 1 }, 'NCHW', data)
  expect([...data]).toEqual([1, 4, 2, 5, 3, 6])
  expect(tensorDims('NCHW', 2, 1)).toEqual([1, 3, 1, 2])
})

test('floats beyond 0 and 1 end at black and white, the others at the nearest level', () => {
  const picture = { width: 2, height: 1, data: new Uint8Array(6) }
  const data = Float32Array.of(-0.5, 1.5, 127.4 / 255, 127.6 / 255, Number.NaN, 1)
  writeTile({ data, width: 2, height: 1, layout: 'NHWC' }, { x: 0, y: 0, width: 2, height: 1 }, picture, 0, 0)
  expect([...picture.data]).toEqual([0, 255, 127, 128, 0, 255])
})
