import type { Pixels } from '../upscaler/upscaler.ts'
import { applyFilter, createFilter } from './filter.ts'
import { readPlane, type Rectangle } from './samples.ts'

/** ITU-R BT.601, full range, as in JPEG and in the training of luma models. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const

export function lumaOf(red: number, green: number, blue: number): number {
  return RED * red + GREEN * green + BLUE * blue
}

/** Upsamples the colour for luma models: two samples per source pixel, aligned at the centre. */
const COLOUR = createFilter(1)

/**
 * Combines the luma of a model with the colour of the source, and returns unrounded red, green and blue planes. Because the
 * conversion is linear, interpolating RGB and adding the difference in luma to each channel equals interpolating the chroma.
 * @param luma levels of the part
 * @param part in pixels of the source
 * @param factor 1 or 2: samples of `luma` per source pixel
 */
export function addColour(luma: Float32Array, image: Pixels, part: Rectangle, factor: number): Float32Array[] {
  const planes = [0, 1, 2].map((channel) => colourPlane(image, part, factor, channel))
  const [red, green, blue] = planes as [Float32Array, Float32Array, Float32Array]
  for (let index = 0; index < luma.length; index++) {
    const more = luma[index]! - lumaOf(red[index]!, green[index]!, blue[index]!)
    for (const plane of planes) plane[index]! += more
  }
  return planes
}

function colourPlane(image: Pixels, part: Rectangle, factor: number, channel: number): Float32Array {
  const samples = { ...image, layout: 'NHWC', channels: 3 } as const
  if (factor === 1) return readPlane(samples, part, image, channel)
  const { reach } = COLOUR
  const seen = { x: part.x - reach, y: part.y - reach, width: part.width + 2 * reach, height: part.height + 2 * reach }
  return applyFilter(readPlane(samples, seen, image, channel), part.width, part.height, COLOUR)
}
