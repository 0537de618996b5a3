import { HdError } from '../errors.ts'
import type { SourceFormat } from '../request/format.ts'

const CONVERT = 'Convert it to PNG, JPEG, WebP or AVIF'

/**
 * Detects the format of an image by its first bytes; the file name does not matter.
 * @throws HdError `HD_SOURCE_BROKEN` for an empty file, `HD_SOURCE_LFS` for a Git LFS pointer, `HD_SOURCE_ANIMATED` for an
 * AVIF sequence or APNG, `HD_SOURCE_FORMAT` for everything that is not a pixel image we read
 */
export function sniffFormat(bytes: Uint8Array, file: string): SourceFormat {
  if (bytes.length === 0) {
    throw new HdError('HD_SOURCE_BROKEN', 'the file is empty', { file, remedy: 'Restore the image' })
  }
  const ascii = latin1(bytes, 0, 64)
  if (ascii.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (ascii.startsWith('\x89PNG\r\n\x1a\n')) {
    if (isAnimatedPng(bytes)) throw animated(file, 'an animated PNG')
    return 'png'
  }
  if (/^GIF8[79]a/.test(ascii)) return 'gif'
  if (ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'WEBP') return 'webp'
  if (/^(?:II[*+]\0|MM\0[*+])/.test(ascii)) return 'tiff'
  if (ascii.slice(4, 8) === 'ftyp') return sniffIsoMedia(bytes, file)
  if (ascii.startsWith('version https://git-lfs')) {
    throw new HdError('HD_SOURCE_LFS', 'this is a Git LFS pointer, not the image', { file, remedy: 'Run `git lfs pull`' })
  }
  throw new HdError('HD_SOURCE_FORMAT', `expected an image, but this is ${nameOther(bytes, ascii)}`, {
    file,
    remedy: isSvg(bytes) ? 'An SVG is sharp at every size: import it without `?hd`' : CONVERT,
  })
}

/** The error for a source with more than one frame or page. */
export function animated(file: string, what: string): HdError {
  return new HdError('HD_SOURCE_ANIMATED', `expected a single image, but this is ${what}`, {
    file,
    remedy: 'Import it without `?hd`, or save one frame as an image of its own',
  })
}

/** ISO/IEC 14496-12: a `ftyp` box lists the brands; AVIF is `avif`, its sequences `avis`. */
function sniffIsoMedia(bytes: Uint8Array, file: string): SourceFormat {
  const size = Math.min(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0), 256, bytes.length)
  const brands = (latin1(bytes, 8, size).match(/.{4}/gs) ?? []).filter((_, index) => index !== 1)
  if (brands[0] === 'avis') throw animated(file, 'an AVIF image sequence')
  if (brands.includes('avif')) return 'avif'
  const what = brands.some((brand) => /^(?:hei|hev|mif1)/.test(brand)) ? 'a HEIC image' : 'a video or another media file'
  throw new HdError('HD_SOURCE_FORMAT', `expected an image, but this is ${what}`, { file, remedy: CONVERT })
}

/** APNG specification: an `acTL` chunk before the first `IDAT`; more than one frame makes it an animation. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at)
    const type = latin1(bytes, at + 4, at + 8)
    if (type === 'acTL') return view.getUint32(at + 8) > 1
    if (type === 'IDAT') return false
    at += 12 + length
  }
  return false
}

function isSvg(bytes: Uint8Array): boolean {
  // In UTF-16 each of these letters has an adjacent zero byte.
  return /<svg[\s>]/i.test(latin1(bytes, 0, 4096).replaceAll('\0', ''))
}

function nameOther(bytes: Uint8Array, ascii: string): string {
  if (/^\s*<(?:!doctype html|html)/i.test(ascii)) return 'an HTML page'
  if (isSvg(bytes)) return 'an SVG drawing'
  if (ascii.startsWith('BM')) return 'a BMP image'
  if (ascii.startsWith('%PDF')) return 'a PDF document'
  if (ascii.startsWith('8BPS')) return 'a Photoshop document'
  if (ascii.startsWith('\xff\x0a') || ascii.startsWith('\0\0\0\x0cJXL ')) return 'a JPEG XL image'
  if (ascii.startsWith('\0\0\0\x0cjP  ')) return 'a JPEG 2000 image'
  if (ascii.startsWith('\0\0\x01\0')) return 'an ICO icon'
  return 'something else'
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end)
}
