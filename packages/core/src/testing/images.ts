import sharp, { type Sharp } from 'sharp'
import type { Plane } from '../upscaler/enlarge.ts'
import type { Image } from '../image/pixels.ts'
import type { Source } from '../source/source.ts'
import { createHash } from 'node:crypto'
import { sniffFormat } from '../source/signature.ts'

/** Numbers from 0 (inclusive) to 1 (exclusive), reproducible for a seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Bytes of an image, computed pixel by pixel. */
export function paint(
  width: number,
  height: number,
  channels: number,
  colour: (x: number, y: number, channel: number) => number,
): Uint8Array {
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        data[(y * width + x) * channels + channel] = Math.round(Math.min(255, Math.max(0, colour(x, y, channel))))
      }
    }
  }
  return data
}

/** Soft colours, different in every corner, so that flips, swaps and shifts are visible. */
export function colourful(width: number, height: number): Uint8Array {
  return paint(width, height, 3, (x, y, channel) => {
    const across = (x + 0.5) / width
    const down = (y + 0.5) / height
    return [40 + 180 * across, 200 - 150 * down, 60 + 120 * across * down][channel]!
  })
}

export function noisy(width: number, height: number, channels = 3, seed = 1): Uint8Array {
  const random = randomNumbers(seed)
  return paint(width, height, channels, () => 256 * random())
}

export function encodedImage(data: Uint8Array, width: number, height: number, channels: 1 | 2 | 3 | 4 = 3): Sharp {
  return sharp(data, { raw: { width, height, channels } })
}

/** The bytes of `colourful` as a PNG. */
export function colourfulPng(width = 24, height = 16): Promise<Uint8Array> {
  return encodedImage(colourful(width, height), width, height).png().toBuffer()
}

/** A source with these bytes, without a file. */
export function sourceOf(bytes: Uint8Array, name = 'image'): Source {
  return { name, bytes, digest: createHash('sha256').update(bytes).digest('hex'), format: sniffFormat(bytes, name) }
}

export function imageOf(rgb: Uint8Array, width: number, height: number, alpha?: Uint8Array): Image {
  return { width, height, rgb, alpha, grey: false }
}

/** Pixels of an encoded image, with all its channels. */
export async function pixelsOf(bytes: Uint8Array): Promise<Plane> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data }
}

export interface Difference {
  max: number
  mean: number
}

/** In levels; both must have the same length. */
export function difference(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new Error(`${a.length} bytes are compared with ${b.length}`)
  let max = 0
  let sum = 0
  for (let index = 0; index < a.length; index++) {
    const distance = Math.abs(a[index]! - b[index]!)
    max = Math.max(max, distance)
    sum += distance
  }
  return { max, mean: sum / a.length }
}
