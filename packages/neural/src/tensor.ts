import type { Layout, ValueType } from './signature.ts'

/** RGB, 8 bit, row by row. */
export interface Picture {
  width: number
  height: number
  data: Uint8Array
}

/** A part of a picture, in its pixels. */
export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export type TensorData = Uint8Array | Float32Array

/** The sizes of a tensor that holds one RGB picture. */
export function tensorDims(layout: Layout, width: number, height: number): number[] {
  return layout === 'NCHW' ? [1, 3, height, width] : [1, height, width, 3]
}

export function createTensorData(type: ValueType, width: number, height: number): TensorData {
  return type === 'uint8' ? new Uint8Array(3 * width * height) : new Float32Array(3 * width * height)
}

/**
 * Fills `target` with the rectangle of the picture; what lies beyond the right and the lower border repeats the last
 * column and row. Floats are 0..1.
 */
export function readTile(picture: Picture, tile: Rectangle, layout: Layout, target: TensorData): void {
  const present = Math.min(tile.width, picture.width - tile.x)
  const row = new Uint8Array(3 * tile.width)
  for (let y = 0; y < tile.height; y++) {
    const start = 3 * (Math.min(tile.y + y, picture.height - 1) * picture.width + tile.x)
    const source = picture.data.subarray(start, start + 3 * present)
    if (layout === 'NHWC' && target instanceof Uint8Array && present === tile.width) {
      target.set(source, 3 * y * tile.width)
      continue
    }
    row.set(source)
    for (let index = 3 * present; index < row.length; index++) row[index] = row[index - 3]!
    writeRow(row, tile, y, layout, target)
  }
}

function writeRow(row: Uint8Array, tile: Rectangle, y: number, layout: Layout, target: TensorData): void {
  const scale = target instanceof Uint8Array ? 1 : 1 / 255
  if (layout === 'NHWC') {
    const offset = 3 * y * tile.width
    for (let index = 0; index < row.length; index++) target[offset + index] = row[index]! * scale
    return
  }
  const plane = tile.width * tile.height
  for (let channel = 0; channel < 3; channel++) {
    const offset = channel * plane + y * tile.width
    for (let x = 0; x < tile.width; x++) target[offset + x] = row[3 * x + channel]! * scale
  }
}

/**
 * Copies `part` of a net's output, a picture of `width` x `height` in `layout`, into `picture` with its upper left corner
 * at `x`, `y`. Floats are rounded to the nearest of 0..255.
 */
export function writeTile(
  output: { data: TensorData; width: number; height: number; layout: Layout },
  part: Rectangle,
  picture: Picture,
  x: number,
  y: number,
): void {
  const { data, width, height, layout } = output
  const plane = width * height
  for (let line = 0; line < part.height; line++) {
    const target = 3 * ((y + line) * picture.width + x)
    const first = (part.y + line) * width + part.x
    if (layout === 'NHWC' && data instanceof Uint8Array) {
      picture.data.set(data.subarray(3 * first, 3 * (first + part.width)), target)
      continue
    }
    const [step, stride] = layout === 'NHWC' ? [3, 1] : [1, plane]
    const scale = data instanceof Uint8Array ? 1 : 255
    for (let channel = 0; channel < 3; channel++) {
      let from = first * step + channel * stride
      for (let to = target + channel; to < target + 3 * part.width; to += 3, from += step) {
        picture.data[to] = Math.min(255, Math.max(0, data[from]! * scale + 0.5))
      }
    }
  }
}
