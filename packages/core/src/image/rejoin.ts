import { enlarge, isConstant } from '../upscaler/enlarge.ts'
import { clearInvisible } from './invisible.ts'
import type { Image } from './pixels.ts'
import type { Pixels } from '../upscaler/upscaler.ts'

type Size = Pick<Image, 'width' | 'height'>

/** Brings upscaled pixels to exactly `factor` times the size of the source and joins the enlarged alpha channel. */
export async function rejoin(upscaled: Pixels, source: Omit<Image, 'rgb'>, factor: number): Promise<Image> {
  const width = factor * source.width
  const height = factor * source.height
  const exact = upscaled.width === width && upscaled.height === height
  const rgb = exact ? upscaled.data : await enlarge({ ...upscaled, channels: 3 }, width, height, 'bicubic')
  const alpha = source.alpha && (await enlargeAlpha(source.alpha, source, width, height))
  if (source.alpha) await clearInvisible(rgb, source.alpha, source.width, source.height, factor)
  return { width, height, rgb, alpha, grey: source.grey }
}

async function enlargeAlpha(data: Uint8Array, source: Size, width: number, height: number): Promise<Uint8Array> {
  if (isConstant(data)) return new Uint8Array(width * height).fill(data[0]!)
  return enlarge({ data, width: source.width, height: source.height, channels: 1 }, width, height, 'bicubic')
}
