import type { RgbImage } from '../image.ts'
import { applyFilter, createFilter } from './filter.ts'
import { readPlane, type Rectangle } from './samples.ts'

/** ITU-R BT.601, the full range of levels, as JPEG has it and as models for luma are trained. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const

export function lumaOf(red: number, green: number, blue: number): number {
  return RED * red + GREEN * green + BLUE * blue
}

/** Where the colour of a model for luma alone comes from: one source pixel becomes two samples, on centre. */
const COLOUR = createFilter(1)

/**
 * Red, green and blue of the part, not rounded: the luma of a model in the colour of the source. Interpolating the chroma and
 * joining it to the new luma is the same as interpolating red, green and blue, and adding to each what the new luma has more
 * than theirs, because all of it is linear.
 * @param luma levels of the part
 * @param part in pixels of the source
 * @param factor 1 or 2: samples of `luma` to a pixel of the source
 */
export function addColour(luma: Float32Array, image: RgbImage, part: Rectangle, factor: number): Float32Array[] {
  const planes = [0, 1, 2].map((channel) => colourPlane(image, part, factor, channel))
  const [red, green, blue] = planes as [Float32Array, Float32Array, Float32Array]
  for (let index = 0; index < luma.length; index++) {
    const more = luma[index]! - lumaOf(red[index]!, green[index]!, blue[index]!)
    for (const plane of planes) plane[index]! += more
  }
  return planes
}

function colourPlane(image: RgbImage, part: Rectangle, factor: number, channel: number): Float32Array {
  const samples = { ...image, layout: 'NHWC', channels: 3 } as const
  if (factor === 1) return readPlane(samples, part, image, channel)
  const { reach } = COLOUR
  const seen = { x: part.x - reach, y: part.y - reach, width: part.width + 2 * reach, height: part.height + 2 * reach }
  return applyFilter(readPlane(samples, seen, image, channel), part.width, part.height, COLOUR)
}
