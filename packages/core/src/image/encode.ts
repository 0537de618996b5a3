import type { Sharp } from 'sharp'
import { errorMessage, HdError } from '../errors.ts'
import { FORMAT_FACTS, type OutputFormat } from '../request/format.ts'
import { isConstant } from '../upscaler/enlarge.ts'
import type { Image } from './pixels.ts'
import { fromRaw } from '../sharp.ts'

/**
 * Progressive scans and optimal Huffman tables make a JPEG 3 to 20 percent smaller, but libjpeg keeps all coefficients
 * in memory for them: encoding 100 MP peaks at 1.3 GB with them and at 0.7 GB without.
 */
const MAX_TWO_PASS_PIXELS = 25_000_000

/**
 * Encodes an image without metadata.
 * @param quality 1 to 100; PNG is lossless and has none
 * @throws HdError `HD_QUERY` when a transparent image is encoded as JPEG, `HD_ENCODE` when the format cannot hold the size
 */
export async function encode(image: Image, format: OutputFormat, quality: number): Promise<Uint8Array> {
  const { width, height } = image
  refuseSize(width, height, format)
  refuseTransparency(image, format)
  const pipeline = await toImage(image, FORMAT_FACTS[format].alpha)
  switch (format) {
    case 'jpeg': {
      const inOnePass = width * height > MAX_TWO_PASS_PIXELS
      pipeline.jpeg({ quality, progressive: !inOnePass, optimiseCoding: !inOnePass })
      break
    }
    case 'png':
      // A photo of 3.8 MP on one core (zlib-ng 2.3): level 2 2.23 MB in 0.20 s, 4 2.01 MB in 0.28 s, 5 1.97 MB in 0.35 s,
      // 6 1.91 MB in 0.47 s, 9 1.76 MB in 3.3 s. Without filters even level 9 has 4.6 MB.
      pipeline.png({ compressionLevel: 5, adaptiveFiltering: true })
      break
    case 'webp':
      pipeline.webp({ quality })
      break
    case 'avif':
      // A photo of 1.1 MP at quality 85 on one core (aom 3.15): effort 2 83 kB in 1.0 s, 3 62 kB in 1.2 s, sharp's default
      // of 4 60 kB in 5.2 s.
      pipeline.avif({ quality, effort: 3 })
      break
  }
  return pipeline.toBuffer().catch((cause: unknown) => {
    throw new HdError('HD_ENCODE', `the ${width}x${height} result could not be encoded as ${format}: ${errorMessage(cause)}`, {
      cause,
    })
  })
}

/** The image as sharp input. @param withAlpha `false` drops the alpha channel */
export async function toImage(image: Image, withAlpha: boolean): Promise<Sharp> {
  const { rgb, alpha, grey, width, height } = image
  const pipeline = grey
    ? (await fromRaw(await toGrey(image), width, height, 1)).toColourspace('b-w')
    : await fromRaw(rgb, width, height, 3)
  if (!withAlpha || !alpha) return pipeline
  return pipeline.joinChannel(Buffer.from(alpha.buffer, alpha.byteOffset, width * height), {
    raw: { width, height, channels: 1 },
  })
}

/** A separate step: if sharp joins alpha to three channels, the result keeps three. */
async function toGrey({ rgb, width, height }: Image): Promise<Uint8Array> {
  return (await fromRaw(rgb, width, height, 3)).toColourspace('b-w').raw().toBuffer()
}

/** @throws HdError `HD_ENCODE` when the format cannot hold an image of this size */
export function refuseSize(width: number, height: number, format: OutputFormat): void {
  const { maxSide } = FORMAT_FACTS[format]
  if (Math.max(width, height) <= maxSide) return
  throw new HdError('HD_ENCODE', `${format} holds at most ${maxSide} pixels a side, but the result is ${width}x${height}`, {
    remedy: `Ask for another format: 'format=png'`,
  })
}

/** @throws HdError `HD_QUERY` when the image has transparency, which the format cannot hold */
export function refuseTransparency({ alpha }: Pick<Image, 'alpha'>, format: OutputFormat): void {
  if (FORMAT_FACTS[format].alpha || !alpha || (isConstant(alpha) && alpha[0] === 255)) return
  throw new HdError('HD_QUERY', `the image has transparency, which ${format} cannot hold`, {
    remedy: `Ask for 'format=webp', 'format=avif' or 'format=png'`,
  })
}
