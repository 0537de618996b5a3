import { loadSharp, mimeOf } from '@unplugin-hd/core'
import type { Inspected } from './inspect.ts'

/** A part of an image before and after, for a page without the files. */
export interface Detail {
  /** In pixels of the source. */
  width: number
  height: number
  /** What the part after is of: `1280×854 webp`. */
  label: string
  /** As `data:` URLs. */
  before: string
  after: string
}

/** Larger reports show no details of further images. */
export const MAX_DETAILS = 500

/** By the number of images: the largest width of a detail. A report stays below some 20 MB. */
const WIDTHS = [
  [25, 480],
  [100, 320],
  [250, 224],
  [Infinity, 160],
] as const

/** The width in pixels of the source that details have in a report of so many images. */
export function detailWidth(images: number): number {
  return WIDTHS.find(([most]) => images <= most)![1]
}

/**
 * The middle of an image before and after, every pixel as it is but for the loss of JPEG; all of an image that is no larger.
 * `undefined` when it is not enlarged, or cannot be read.
 * @param width the largest one, in pixels of the source; the height is at most three quarters of it
 */
export async function detailOf({ image, source, variants }: Inspected, width: number): Promise<Detail | undefined> {
  const after = variants.flatMap(({ asset }) => (asset && !asset.isSource ? asset : [])).toSorted((a, b) => b.width - a.width)[0]
  if (!source || !image.source || !after) return undefined
  const scale = after.width / image.source.width
  const part = { width: Math.min(image.source.width, width), height: Math.min(image.source.height, Math.round(0.75 * width)) }
  const left = (image.source.width - part.width) >> 1
  const top = (image.source.height - part.height) >> 1
  try {
    const [one, other] = await Promise.all([
      cut(source.bytes, { ...part, left, top }, 1),
      cut(after.bytes, { ...part, left, top }, scale),
    ])
    return { ...part, label: `${after.width}×${after.height} ${after.format}`, before: one, after: other }
  } catch {
    // The report is about the image all the same.
    return undefined
  }
}

interface Region {
  left: number
  top: number
  width: number
  height: number
}

async function cut(bytes: Uint8Array, { left, top, width, height }: Region, scale: number): Promise<string> {
  const sharp = await loadSharp()
  const image = sharp(bytes, { autoOrient: true })
  const { hasAlpha } = await image.metadata()
  // Rounded down, so that it stays within the image.
  const scaled = (side: number): number => Math.floor(scale * side)
  const region = { left: scaled(left), top: scaled(top), width: scaled(width), height: scaled(height) }
  const part = image.extract(region).toColourspace('srgb')
  const format = hasAlpha ? 'webp' : 'jpeg'
  const data = await part.toFormat(format, { quality: 90 }).toBuffer()
  return `data:${mimeOf(format)};base64,${data.toString('base64')}`
}
