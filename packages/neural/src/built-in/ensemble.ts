import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RgbImage } from '../image.ts'
import { addTurnedBack, turn, VIEWS } from './views.ts'

/** Doubles the width and height of an image, and reports the share that is done. */
export type Double = (image: RgbImage, onProgress: (share: number) => void) => Promise<RgbImage>

/**
 * Doubles the image in eight flipped and rotated views, and averages the results. This cancels out asymmetries of the network.
 * The mean is exact: integers are summed and rounded once, half up. Memory holds one view at a time, plus sums of 24 bytes per
 * pixel of the source.
 */
export async function averageViews(image: RgbImage, double: Double, onProgress: (share: number) => void): Promise<RgbImage> {
  const [width, height] = [2 * image.width, 2 * image.height]
  const sums = new Uint16Array(3 * width * height)
  let data: Uint8Array = new Uint8Array()
  for (let view = 0; view < VIEWS; view++) {
    const doubled = await double(await turn(image, view), (share) => onProgress((view + share) / VIEWS))
    await addTurnedBack(sums, width, height, doubled, view)
    data = doubled.data
  }
  // The memory of the last view becomes the result's.
  await round(sums, data)
  return { width, height, data }
}

/** How many values are processed before the event loop gets a turn. */
const SLICE = 1 << 20

async function round(sums: Uint16Array, result: Uint8Array): Promise<void> {
  for (let start = 0; start < sums.length; start += SLICE) {
    const end = Math.min(start + SLICE, sums.length)
    for (let index = start; index < end; index++) result[index] = (sums[index]! + VIEWS / 2) >> 3
    await nextTurn()
  }
}
