import type { Pixels } from '../upscaler/upscaler.ts'
import { lumaOf } from './luma.ts'
import type { Rectangle, Samples, TensorData } from './samples.ts'
import type { Channels, Reading, ValueType } from './shape.ts'

/** The dimensions of a tensor that holds one image. */
export function tensorDims({ layout, channels }: Reading, width: number, height: number): number[] {
  return layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels]
}

/** Allocates a tensor for one image. float16 is float32 here and is converted at the call to the runtime. */
export function createTensorData(type: ValueType, channels: Channels, width: number, height: number): TensorData {
  const length = channels * width * height
  return type === 'uint8' ? new Uint8Array(length) : new Float32Array(length)
}

/**
 * Fills `target` with a rectangle of the image, or with its luma. Beyond the right and bottom edges, the last column and row are
 * repeated. Floats are 0..1.
 */
export function readTile(image: Pixels, tile: Rectangle, { layout, channels }: Reading, target: TensorData): void {
  const present = Math.min(tile.width, image.width - tile.x)
  const row = new Uint8Array(3 * tile.width)
  for (let y = 0; y < tile.height; y++) {
    const start = 3 * (Math.min(tile.y + y, image.height - 1) * image.width + tile.x)
    row.set(image.data.subarray(start, start + 3 * present))
    for (let index = 3 * present; index < row.length; index++) row[index] = row[index - 3]!
    if (channels === 1) writeLuma(row, y * tile.width, target)
    else if (layout === 'NHWC') writeRow(row, 3 * y * tile.width, target)
    else writePlanes(row, tile, y, target)
  }
}

function writeLuma(row: Uint8Array, offset: number, target: TensorData): void {
  const [scale, half] = target instanceof Uint8Array ? [1, 0.5] : [1 / 255, 0]
  for (let x = 0, index = 0; index < row.length; x++, index += 3) {
    target[offset + x] = lumaOf(row[index]!, row[index + 1]!, row[index + 2]!) * scale + half
  }
}

function writeRow(row: Uint8Array, offset: number, target: TensorData): void {
  if (target instanceof Uint8Array) target.set(row, offset)
  else for (let index = 0; index < row.length; index++) target[offset + index] = row[index]! / 255
}

function writePlanes(row: Uint8Array, tile: Rectangle, y: number, target: TensorData): void {
  const scale = target instanceof Uint8Array ? 1 : 1 / 255
  const plane = tile.width * tile.height
  for (let channel = 0; channel < 3; channel++) {
    const offset = channel * plane + y * tile.width
    for (let x = 0; x < tile.width; x++) target[offset + x] = row[3 * x + channel]! * scale
  }
}

/**
 * Copies `part` of a three-channel output into `image` at `x`, `y` (top left). Floats are rounded to the nearest of 0..255.
 */
export function writeTile(output: Samples, part: Rectangle, image: Pixels, x: number, y: number): void {
  const { data, width, height, layout } = output
  const plane = width * height
  for (let line = 0; line < part.height; line++) {
    const target = 3 * ((y + line) * image.width + x)
    const first = (part.y + line) * width + part.x
    if (layout === 'NHWC' && data instanceof Uint8Array) {
      image.data.set(data.subarray(3 * first, 3 * (first + part.width)), target)
      continue
    }
    const [step, stride] = layout === 'NHWC' ? [3, 1] : [1, plane]
    const scale = data instanceof Uint8Array ? 1 : 255
    for (let channel = 0; channel < 3; channel++) {
      let from = first * step + channel * stride
      for (let to = target + channel; to < target + 3 * part.width; to += 3, from += step) {
        image.data[to] = Math.min(255, Math.max(0, data[from]! * scale + 0.5))
      }
    }
  }
}
