import { fromRaw } from '../sharp.ts'

/** Interpolators of libvips' `affine`: `nohalo` is the best, `bicubic` about fifteen times as fast. */
export type Interpolator = 'bicubic' | 'nohalo'

/** Border pixels repeated around the image before interpolation; the widest kernel reaches 3. */
const BORDER = 4

export interface Plane {
  /** In pixels. */
  width: number
  height: number
  channels: 1 | 3
  /** `channels * width * height` bytes, row by row. */
  data: Uint8Array
}

/**
 * Enlarges a plane to exactly `width` x `height` (each at least its own), on centre. sharp's `resize` is off by half an output
 * pixel when it enlarges (libvips issues 705 and 4841).
 */
export async function enlarge(plane: Plane, width: number, height: number, interpolator: Interpolator): Promise<Uint8Array> {
  const { channels } = plane
  const x = axis(plane.width, width)
  const y = axis(plane.height, height)
  const bordered = repeatBorder(plane)
  const input = await fromRaw(bordered.data, bordered.width, bordered.height, channels)
  const enlarged = input.affine([x.factor, 0, 0, y.factor], { interpolator, idx: x.shift, idy: y.shift })
  // sharp expands a single channel to three on output.
  if (channels === 1) enlarged.extractChannel(0)
  const { data, info } = await enlarged.raw().toBuffer({ resolveWithObject: true })
  return crop(data, info.width, { x: x.offset, y: y.offset, width, height, channels })
}

/** True when all bytes are equal, as in the alpha channel of an opaque image. */
export function isConstant(data: Uint8Array): boolean {
  // Compares each byte with the next: native, about fifty times as fast as a loop.
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return bytes.length < 2 || bytes.subarray(1).equals(bytes.subarray(0, -1))
}

/**
 * libvips maps output coordinate X to input coordinate X / factor - shift. On centre, output pixel X shows input
 * (X + 0.5) / factor - 0.5; with the border in front, cropped again by `offset` output pixels, that gives the shift.
 */
function axis(from: number, to: number): { factor: number; shift: number; offset: number } {
  const factor = to / from
  const offset = Math.round(BORDER * factor)
  return { factor, offset, shift: offset / factor - 0.5 / factor + 0.5 - BORDER }
}

function repeatBorder({ data, width, height, channels }: Plane): Plane {
  const wide = width + 2 * BORDER
  const high = height + 2 * BORDER
  const bordered = new Uint8Array(wide * high * channels)
  for (let row = 0; row < high; row++) {
    const from = Math.min(Math.max(row - BORDER, 0), height - 1) * width * channels
    const to = row * wide * channels
    const line = data.subarray(from, from + width * channels)
    bordered.set(line, to + BORDER * channels)
    for (let pixel = 0; pixel < BORDER; pixel++) {
      bordered.set(line.subarray(0, channels), to + pixel * channels)
      bordered.set(line.subarray(-channels), to + (BORDER + width + pixel) * channels)
    }
  }
  return { data: bordered, width: wide, height: high, channels }
}

/** In place, since rows only move forward: a second buffer would double the peak memory. */
function crop(
  data: Uint8Array,
  stride: number,
  area: { x: number; y: number; width: number; height: number; channels: number },
): Uint8Array {
  const line = area.width * area.channels
  for (let row = 0; row < area.height; row++) {
    const from = ((area.y + row) * stride + area.x) * area.channels
    data.copyWithin(row * line, from, from + line)
  }
  return new Uint8Array(data.buffer, data.byteOffset, line * area.height)
}
