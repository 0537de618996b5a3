import type { Pixels } from '../upscaler/upscaler.ts'
import { applyFilter, type Filter } from './filter.ts'
import { addColour } from './luma.ts'
import { readPlane, type Rectangle, type Samples } from './samples.ts'
import { writeTile } from './tensor.ts'

/** The output of a model for one tile. */
export interface Output {
  samples: Samples
  /** Samples per source pixel, in each direction. */
  factor: number
  /** In source pixels: the area of the image that the tile covers (without padding), and the area that it delivers. */
  seen: Rectangle
  part: Rectangle
}

/**
 * Writes the delivered part of a tile into `result`, whose size is one or two times that of `image`.
 * @param filter resamples other factors to two; `undefined` if the model already has that factor
 */
export function deliver(output: Output, filter: Filter | undefined, image: Pixels, result: Pixels): void {
  const { samples, factor, seen, part } = output
  const made = result.width / image.width
  const target = scaled(part, made)
  if (samples.channels === 3 && filter === undefined) {
    return writeTile(samples, scaled(within(part, seen), factor), result, target.x, target.y)
  }
  const planes =
    samples.channels === 1
      ? addColour(planeOf(output, filter, 0), image, part, made)
      : [0, 1, 2].map((channel) => planeOf(output, filter, channel))
  for (const [channel, plane] of planes.entries()) writePlane(plane, channel, target, result)
}

/** Rounds the levels of one channel to the nearest of 0..255. */
function writePlane(plane: Float32Array, channel: number, target: Rectangle, result: Pixels): void {
  for (let y = 0, index = 0; y < target.height; y++) {
    let to = 3 * ((target.y + y) * result.width + target.x) + channel
    for (let x = 0; x < target.width; x++, to += 3) result.data[to] = Math.min(255, Math.max(0, plane[index++]! + 0.5))
  }
}

/** One channel of the part, in unrounded levels. */
function planeOf({ samples, factor, seen, part }: Output, filter: Filter | undefined, channel: number): Float32Array {
  const reach = filter?.reach ?? 0
  const { x, y, width, height } = within(part, seen)
  const area = { x: x - reach, y: y - reach, width: width + 2 * reach, height: height + 2 * reach }
  const plane = readPlane(samples, scaled(area, factor), scaled(seen, factor), channel)
  return filter === undefined ? plane : applyFilter(plane, width, height, filter)
}

function within(part: Rectangle, { x, y }: Rectangle): Rectangle {
  return { ...part, x: part.x - x, y: part.y - y }
}

function scaled({ x, y, width, height }: Rectangle, factor: number): Rectangle {
  return { x: factor * x, y: factor * y, width: factor * width, height: factor * height }
}
