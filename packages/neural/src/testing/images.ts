import type { Pixels, UpscaleContext, UpscaleInput } from '@unplugin-hd/core'

/** Gradients, a hard-edged grid and noise, so that every part of a network matters and neighbours differ. */
export function drawImage(width: number, height: number): Pixels {
  const data = new Uint8Array(3 * width * height)
  let seed = 7
  for (let y = 0, index = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
      const grid = (x % 17 < 2 || y % 13 < 2) === x % 50 < 25 ? 70 : 0
      data[index++] = grid + ((x * 3) % 150) + ((seed >> 16) & 15)
      data[index++] = grid + ((y * 2) % 150) + ((seed >> 20) & 15)
      data[index++] = grid + ((x + y) % 150)
    }
  }
  return { width, height, data }
}

/** The image at 2x with every pixel repeated. */
export function repeatPixels({ width, height, data }: Pixels): Uint8Array {
  const result = new Uint8Array(4 * data.length)
  for (let y = 0, index = 0; y < 2 * height; y++) {
    for (let x = 0; x < 2 * width; x++) {
      const source = 3 * ((y >> 1) * width + (x >> 1))
      for (let channel = 0; channel < 3; channel++) result[index++] = data[source + channel]!
    }
  }
  return result
}

export function largestDifference(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let index = 0; index < one.length; index++) largest = Math.max(largest, Math.abs(one[index]! - other[index]!))
  return largest
}

export function toInput(image: Pixels): UpscaleInput {
  return {
    width: image.width,
    height: image.height,
    file: 'drawn.png',
    digest: '0'.repeat(64),
    // A copy, because the buffer is transferred.
    pixels: async () => ({ ...image, data: image.data.slice() }),
    encoded: () => Promise.reject(new Error('not offered')),
  }
}

function ignore(): void {}

export function createContext(changes: Partial<UpscaleContext> = {}): UpscaleContext {
  return {
    signal: new AbortController().signal,
    log: { debug: ignore, info: ignore, warn: ignore },
    memo: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    onProgress: ignore,
    factor: 2,
    ...changes,
  }
}
