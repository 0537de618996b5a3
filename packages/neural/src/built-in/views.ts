import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RgbImage } from '../image.ts'

/** The eight symmetries of a square, as bits: 1 flips horizontally, 2 flips vertically, 4 transposes. */
export const VIEWS = 8

/** How many pixels are processed before the event loop gets a turn. */
const SLICE = 1 << 18

/** The image in the given view. View 0 returns the image itself, without a copy. */
export async function turn(image: RgbImage, view: number): Promise<RgbImage> {
  if (view === 0) return image
  const { data } = image
  const turned = viewOf(image.width, image.height, view)
  const result = new Uint8Array(data.length)
  await eachRow(turned, (to, from) => {
    for (let x = 0; x < turned.width; x++, to += 3, from += 3 * turned.across) {
      result[to] = data[from]!
      result[to + 1] = data[from + 1]!
      result[to + 2] = data[from + 2]!
    }
  })
  return { width: turned.width, height: turned.height, data: result }
}

/** Reverts the view and adds the image to `sums`, which hold `width` x `height` pixels of three values. */
export async function addTurnedBack(
  sums: Uint16Array,
  width: number,
  height: number,
  image: RgbImage,
  view: number,
): Promise<void> {
  const { data } = image
  const turned = viewOf(width, height, view)
  await eachRow(turned, (from, to) => {
    for (let x = 0; x < turned.width; x++, from += 3, to += 3 * turned.across) {
      sums[to]! += data[from]!
      sums[to + 1]! += data[from + 1]!
      sums[to + 2]! += data[from + 2]!
    }
  })
}

/** How a view traverses the image: the index of its first pixel, and the step per column and per row, in pixels. */
interface View {
  width: number
  height: number
  start: number
  across: number
  down: number
}

function viewOf(width: number, height: number, view: number): View {
  const [mirrored, flipped, swapped] = [1, 2, 4].map((bit) => (view & bit) !== 0)
  const start = (mirrored ? width - 1 : 0) + (flipped ? (height - 1) * width : 0)
  const column = mirrored ? -1 : 1
  const row = flipped ? -width : width
  if (swapped) return { width: height, height: width, start, across: row, down: column }
  return { width, height, start, across: column, down: row }
}

/** Calls `work` with the offset of each row in the view and in the image. Yields to the event loop in between. */
async function eachRow({ width, height, start, down }: View, work: (inView: number, inImage: number) => void): Promise<void> {
  const rows = Math.max(1, Math.floor(SLICE / width))
  for (let y = 0; y < height; y++) {
    if (y % rows === rows - 1) await nextTurn()
    work(3 * y * width, 3 * (start + y * down))
  }
}
