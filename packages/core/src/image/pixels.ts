import { brokenSource, type Header, type Source } from '../source/source.ts'
import { bleed } from './bleed.ts'
import { fromFile } from '../sharp.ts'
import { slices } from './slices.ts'

/** A decoded image: upright 8-bit sRGB, its alpha channel apart. */
export interface Image {
  /** In pixels. */
  width: number
  height: number
  /** `3 * width * height` bytes, row by row. */
  rgb: Uint8Array
  /** `width * height` bytes, 0 transparent to 255 opaque; absent when the source has no alpha channel. */
  alpha: Uint8Array | undefined
  /** The source is greyscale, and so are its variants. */
  grey: boolean
}

/**
 * Decodes a source to upright 8-bit sRGB: EXIF orientation applied, an embedded profile (Display-P3, CMYK …) converted,
 * 16 bits reduced to 8. Transparent pixels get the colour of their visible neighbours, so that an upscaler never mixes in
 * hidden colours.
 * @throws HdError `HD_SOURCE_BROKEN` when the pixels cannot be decoded, or not all of them
 */
export async function decodeSource(source: Source, header: Header): Promise<Image> {
  const input = await fromFile(source.bytes, { autoOrient: true })
  const image = await decode(input, header.grey).catch((cause: unknown) => {
    throw brokenSource(source, cause)
  })
  if (image.width !== header.width || image.height !== header.height) {
    throw brokenSource(source, `its header says ${header.width}x${header.height}, its pixels ${image.width}x${image.height}`)
  }
  if (image.alpha) await bleed(image.rgb, image.alpha, image.width, image.height)
  return image
}

/** Decodes a master as it is: no colour is filled in. */
export async function decodeFile(bytes: Uint8Array, grey: boolean): Promise<Image> {
  return decode(await fromFile(bytes, { autoOrient: true }), grey)
}

async function decode(input: Awaited<ReturnType<typeof fromFile>>, grey: boolean): Promise<Image> {
  const { data, info } = await input.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  if (channels === 3) return { width, height, rgb: data, alpha: undefined, grey }
  const hasAlpha = channels === 2 || channels === 4
  const colours = hasAlpha ? channels - 1 : channels
  const size = width * height
  const rgb = new Uint8Array(3 * size)
  const alpha = hasAlpha ? new Uint8Array(size) : undefined
  const [green, blue] = colours >= 3 ? [1, 2] : [0, 0]
  await slices(size, (pixel) => {
    const from = channels * pixel
    const to = 3 * pixel
    rgb[to] = data[from]!
    rgb[to + 1] = data[from + green]!
    rgb[to + 2] = data[from + blue]!
    if (alpha) alpha[pixel] = data[from + channels - 1]!
  })
  return { width, height, rgb, alpha, grey }
}
