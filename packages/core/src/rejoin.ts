import { enlarge, isConstant } from './enlarge.ts'
import { clearInvisible } from './invisible.ts'
import type { Picture } from './pixels.ts'
import type { Pixels } from './upscaler.ts'

/** Brings what was upscaled to the exact 2x of the source, and gives it back its alpha channel. */
export async function rejoin(upscaled: Pixels, source: Picture): Promise<Picture> {
  const width = 2 * source.width
  const height = 2 * source.height
  const exact = upscaled.width === width && upscaled.height === height
  const rgb = exact ? upscaled.data : await enlarge({ ...upscaled, channels: 3 }, width, height, 'bicubic')
  const alpha = source.alpha && (await enlargeAlpha(source.alpha, source))
  if (source.alpha) await clearInvisible(rgb, source.alpha, source.width, source.height)
  return { width, height, rgb, alpha, grey: source.grey }
}

async function enlargeAlpha(alpha: Uint8Array, { width, height }: Picture): Promise<Uint8Array> {
  if (isConstant(alpha)) return new Uint8Array(4 * width * height).fill(alpha[0]!)
  return enlarge({ data: alpha, width, height, channels: 1 }, 2 * width, 2 * height, 'bicubic')
}
