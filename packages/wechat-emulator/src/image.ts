import { createHash } from 'node:crypto'
import { resample, type Pixels, type Upscaler } from '@unplugin-hd/core'
import sharp from 'sharp'
import { Refusal } from './errcodes.ts'
import type { Medium } from './media.ts'

export interface ImageRules {
  /** The maximum size of a source, in bytes. */
  maxBytes: number
  /** The maximum number of pixels of a source. */
  maxPixels: number
  /** Accepted formats of a source, as sharp names them. */
  formats: readonly string[]
  /** The format of the result; `same` keeps PNG for PNG. */
  result: 'jpeg' | 'same'
  upscaler: Upscaler
}

/** Bicubic: for tests, speed matters more than quality. */
export function plainDoubler(): Upscaler {
  return resample({ interpolator: 'bicubic' })
}

/**
 * Doubles an image. Flattens transparency onto white and drops metadata: what WeChat does with them is not known, and a client
 * must not rely on more.
 * @param trim pixels missing from width and height, for the fault `wrong-size`
 * @throws Refusal 44001 for an empty file, 45001 for one that is too large, 101002 if it is not an image, 40137 for another
 * format, 40009 for too many pixels
 */
export async function doubleImage(bytes: Uint8Array, rules: ImageRules, trim = 0): Promise<Medium> {
  if (bytes.length === 0) throw new Refusal(44001)
  if (bytes.length > rules.maxBytes) throw new Refusal(45001)
  const { format, width, height } = await sharp(bytes)
    .metadata()
    .catch(() => {
      throw new Refusal(101002)
    })
  if (!rules.formats.includes(format)) throw new Refusal(40137)
  if (width * height > rules.maxPixels) throw new Refusal(40009)
  const doubled = await upscale(bytes, await decode(bytes), rules.upscaler)
  const image =
    doubled instanceof Uint8Array
      ? sharp(doubled)
      : sharp(doubled.data, { raw: { width: doubled.width, height: doubled.height, channels: 3 } })
  if (trim > 0) image.extract({ left: 0, top: 0, width: 2 * width - trim, height: 2 * height - trim })
  if (rules.result === 'same' && format === 'png') {
    return { bytes: await image.png().toBuffer(), type: 'image/png', extension: 'png' }
  }
  const encoded = image.jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
  return { bytes: await encoded.toBuffer(), type: 'image/jpeg', extension: 'jpg' }
}

async function decode(bytes: Uint8Array): Promise<Pixels> {
  const image = sharp(bytes, { failOn: 'error' }).flatten({ background: 'white' }).toColourspace('srgb').removeAlpha()
  const { data, info } = await image
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw new Refusal(101002)
    })
  return { width: info.width, height: info.height, data }
}

async function upscale(bytes: Uint8Array, pixels: Pixels, upscaler: Upscaler): Promise<Pixels | Uint8Array> {
  const notes = new Map<string, string>()
  return upscaler.upscale(
    {
      width: pixels.width,
      height: pixels.height,
      file: 'upload',
      digest: createHash('sha256').update(bytes).digest('hex'),
      pixels: async () => pixels,
      encoded: async () => ({
        data: await sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
          .png()
          .toBuffer(),
        format: 'png',
      }),
    },
    {
      signal: new AbortController().signal,
      log: { debug() {}, info() {}, warn() {} },
      memo: {
        get: async (key) => notes.get(key),
        set: async (key, value) => void notes.set(key, value),
        delete: async (key) => void notes.delete(key),
      },
      onProgress() {},
      factor: 2,
    },
  )
}
