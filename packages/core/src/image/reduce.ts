import type { Image } from './pixels.ts'
import { fromRaw } from '../sharp.ts'

/**
 * The image reduced to exactly `width` x `height` by Lanczos-3, which sharp's `resize` keeps on centre when it reduces. The
 * colour around visible pixels was enlarged with them, so hidden colours are not mixed in.
 */
export async function reduce(image: Image, width: number, height: number): Promise<Image> {
  if (image.width === width && image.height === height) return image
  const plane = async (data: Uint8Array, channels: 1 | 3): Promise<Uint8Array> => {
    const input = await fromRaw(data, image.width, image.height, channels)
    const reduced = input.resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    // sharp expands a single channel to three on output.
    if (channels === 1) reduced.extractChannel(0)
    return reduced.raw().toBuffer()
  }
  const rgb = await plane(image.rgb, 3)
  const alpha = image.alpha && (await plane(image.alpha, 1))
  return { width, height, rgb, alpha, grey: image.grey }
}
