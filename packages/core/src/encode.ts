import { errorMessage, HdError } from './errors.ts'
import { FORMAT_FACTS, type OutputFormat } from './format.ts'
import { isConstant } from './enlarge.ts'
import type { Picture } from './pixels.ts'
import { fromRaw } from './sharp.ts'

/**
 * Encodes a picture without metadata.
 * @param quality 1 to 100; PNG is lossless and has none
 * @throws HdError `HD_QUERY` when JPEG is to hold transparency, `HD_ENCODE` when the format cannot hold the size
 */
export async function encode(picture: Picture, format: OutputFormat, quality: number): Promise<Uint8Array> {
  const { width, height } = picture
  const { alpha: holdsAlpha, maxSide } = FORMAT_FACTS[format]
  if (Math.max(width, height) > maxSide) {
    throw new HdError('HD_ENCODE', `${format} holds at most ${maxSide} pixels a side, but the result is ${width}x${height}`, {
      remedy: `Ask for another format: 'format=png'`,
    })
  }
  if (!holdsAlpha && picture.alpha && !(isConstant(picture.alpha) && picture.alpha[0] === 255)) {
    throw new HdError('HD_QUERY', `the picture has transparency, which ${format} cannot hold`, {
      remedy: `Ask for 'format=webp', 'format=avif' or 'format=png'`,
    })
  }
  const image = await fromRaw(picture.rgb, width, height, 3)
  if (picture.grey) image.toColourspace('b-w')
  if (holdsAlpha && picture.alpha)
    image.joinChannel(Buffer.from(picture.alpha.buffer, picture.alpha.byteOffset, width * height), {
      raw: { width, height, channels: 1 },
    })
  switch (format) {
    case 'jpeg':
      image.jpeg({ quality, progressive: true })
      break
    case 'png':
      // Level 2 with filters is smaller than level 9 without them on photos, at half the time (zlib-ng).
      image.png({ compressionLevel: 2, adaptiveFiltering: true })
      break
    case 'webp':
      image.webp({ quality })
      break
    case 'avif':
      // sharp's default effort of 4 takes ten times as long for one percent.
      image.avif({ quality, effort: 2 })
      break
  }
  return image.toBuffer().catch((cause: unknown) => {
    throw new HdError('HD_ENCODE', `the ${width}x${height} result could not be encoded as ${format}: ${errorMessage(cause)}`, {
      cause,
    })
  })
}
