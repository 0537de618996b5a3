import sharp, { type Sharp } from 'sharp'

export const WIDTH = 24
export const HEIGHT = 16

/** A soft gradient, different for every seed. */
function pixels(seed: number, width: number = WIDTH, height: number = HEIGHT): Sharp {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([6 * x + seed, 8 * y + seed, 120 + seed], 3 * (y * width + x))
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
}

export function jpeg(seed: number = 0, width: number = WIDTH, height: number = HEIGHT): Promise<Buffer> {
  return pixels(seed, width, height).jpeg({ quality: 90 }).toBuffer()
}

export function png(seed: number = 0): Promise<Buffer> {
  return pixels(seed).png().toBuffer()
}

/** Opaque on the left, transparent on the right. */
export async function transparentPng(width: number = WIDTH, height: number = HEIGHT): Promise<Buffer> {
  const alpha = Buffer.from(Array.from({ length: width * height }, (_, at) => (at % width < width / 2 ? 255 : 0)))
  const { data } = await pixels(0, width, height).raw().toBuffer({ resolveWithObject: true })
  return sharp(data, { raw: { width, height, channels: 3 } })
    .joinChannel(alpha, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer()
}

/** A PNG that hardly compresses; always the same. */
export function noise(width: number, height: number): Promise<Buffer> {
  let state = 1
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  return sharp(Uint8Array.from({ length: 3 * width * height }, next), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Two frames, one above the other. */
export async function animatedGif(): Promise<Buffer> {
  const frames = await Promise.all([0, 60].map((seed) => pixels(seed).png().toBuffer()))
  return sharp(frames, { join: { animated: true } })
    .gif({ loop: 0, delay: [100, 100] })
    .toBuffer()
}

export interface Size {
  width: number
  height: number
}

export async function sizeOf(image: Uint8Array): Promise<Size> {
  const { width, height } = await sharp(image).metadata()
  return { width, height }
}

export const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
