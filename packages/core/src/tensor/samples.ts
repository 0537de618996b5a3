import type { Channels, Layout } from './shape.ts'

/** A part of an image, in its pixels. */
export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export type TensorData = Uint8Array | Float32Array

/** An image in the layout of a tensor. */
export interface Samples {
  data: TensorData
  width: number
  height: number
  layout: Layout
  channels: Channels
}

/**
 * Reads one channel of `area` as unrounded levels of 0 to 255. Floats are 0 to 1 and are clamped; NaN becomes 0.
 * Outside `valid`, the part at the top left that shows the image, its border pixels are repeated.
 */
export function readPlane(
  { data, width, height, layout, channels }: Samples,
  area: Rectangle,
  valid: { width: number; height: number },
  channel: number,
): Float32Array {
  const scale = data instanceof Uint8Array ? 1 : 255
  const step = layout === 'NHWC' ? channels : 1
  const first = layout === 'NHWC' ? channel : channel * width * height
  const columns = Int32Array.from({ length: area.width }, (_, x) => first + step * within(area.x + x, valid.width))
  const plane = new Float32Array(area.width * area.height)
  for (let y = 0, index = 0; y < area.height; y++) {
    const row = step * width * within(area.y + y, valid.height)
    for (let x = 0; x < area.width; x++) {
      const level = data[row + columns[x]!]! * scale
      plane[index++] = level > 0 ? Math.min(level, 255) : 0
    }
  }
  return plane
}

function within(position: number, length: number): number {
  return Math.min(Math.max(position, 0), length - 1)
}
