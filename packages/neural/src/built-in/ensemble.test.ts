import { expect, test } from 'vitest'
import type { RgbImage } from '../image.ts'
import { drawImage } from '../testing/images.ts'
import { averageViews } from './ensemble.ts'

const [MIRRORED, FLIPPED, SWAPPED] = [1, 2, 4]

/** The same by coordinates, pixel by pixel. */
function turnSlowly(image: RgbImage, view: number, back: boolean): RgbImage {
  const swapped = (view & SWAPPED) !== 0
  const [width, height] = swapped ? [image.height, image.width] : [image.width, image.height]
  const result = { width, height, data: new Uint8Array(image.data.length) }
  // The size of the view, within which it is mirrored and flipped.
  const [wide, high] = back ? [width, height] : [image.width, image.height]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [column, row] = [x, y]
      if (!back && swapped) [column, row] = [row, column]
      if (view & MIRRORED) column = wide - 1 - column
      if (view & FLIPPED) row = high - 1 - row
      if (back && swapped) [column, row] = [row, column]
      result.data.set(image.data.subarray(3 * (row * image.width + column)).subarray(0, 3), 3 * (y * width + x))
    }
  }
  return result
}

/** Repeats pixels, and treats left and right, top and bottom, rows and columns differently, as a network does. */
async function doubleUnevenly({ width, height, data }: RgbImage): Promise<RgbImage> {
  const result = new Uint8Array(12 * width * height)
  for (let index = 0; index < result.length; index++) {
    const pixel = Math.floor(index / 3)
    const [x, y] = [pixel % (2 * width), Math.floor(pixel / (2 * width))]
    const at = (column: number, row: number) =>
      data[3 * (Math.min(row, height - 1) * width + Math.min(column, width - 1)) + (index % 3)]!
    const [column, row] = [x >> 1, y >> 1]
    result[index] = (4 * at(column, row) + 2 * at(column + 1, row) + at(column, row + 1)) / 7
  }
  return { width: 2 * width, height: 2 * height, data: result }
}

test.each([
  [1, 1],
  [7, 5],
  [3, 11],
  [520, 260],
])('%i x %i: doubles eight views, turns them back and averages them, rounded half up', async (width, height) => {
  const image = drawImage(width, height)
  const sums = Array.from({ length: 12 * width * height }, () => 0)
  for (let view = 0; view < 8; view++) {
    const back = turnSlowly(await doubleUnevenly(turnSlowly(image, view, false)), view, true)
    expect(back).toMatchObject({ width: 2 * width, height: 2 * height })
    for (const [index, level] of back.data.entries()) sums[index]! += level
  }
  const result = await averageViews(image, doubleUnevenly, () => {})
  expect(result).toMatchObject({ width: 2 * width, height: 2 * height })
  expect(
    Buffer.compare(
      result.data,
      Uint8Array.from(sums, (sum) => Math.floor(sum / 8 + 0.5)),
    ),
  ).toBe(0)
})

test('does not modify the source, and a mirrored source produces the mirrored result', async () => {
  const image = drawImage(30, 20)
  const before = image.data.slice()
  const plain = await averageViews(image, doubleUnevenly, () => {})
  expect(image.data).toEqual(before)
  const mirrored = await averageViews(turnSlowly(image, MIRRORED, false), doubleUnevenly, () => {})
  expect(turnSlowly(mirrored, MIRRORED, true).data).toEqual(plain.data)
})

test('reports progress over all eight views, and stops at an error', async () => {
  const shares: number[] = []
  let made = 0
  const double = async (image: RgbImage, onProgress: (share: number) => void) => {
    if (++made === 3) throw new Error('aborted')
    onProgress(0.5)
    onProgress(1)
    return doubleUnevenly(image)
  }
  await expect(averageViews(drawImage(4, 4), double, (share) => shares.push(share))).rejects.toThrow('aborted')
  expect(made).toBe(3)
  expect(shares).toEqual([0.5, 1, 1.5, 2].map((views) => views / 8))
})
