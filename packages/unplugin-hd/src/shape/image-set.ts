import { FACTORS, type HdAsset, type HdRequest, type OutputFormat, type Source } from '@unplugin-hd/core'
import type { Makers } from './makers.ts'
import { enlargedPart, widthPart, type Part } from './part.ts'

/** An image in several sizes, in one format; only the source itself if it could not be enlarged. */
export interface ImageSet {
  parts: readonly Part[]
  largest: HdAsset
  src(urls: readonly string[]): string
  srcset(urls: readonly string[]): string
}

/**
 * The source at 1x and every factor up to the requested one, or the widths that the request asks for.
 * @param format of all images; without it the 1x image is the source file itself
 */
export async function createSet(
  makers: Makers,
  source: Source,
  name: string,
  request: HdRequest,
  format: OutputFormat | undefined,
): Promise<ImageSet> {
  const { factor: top, quality, widths } = request
  if (widths) {
    const sizes = widths.map((width) => makers.enlarge(source, { factor: top, format, quality, width }))
    return widthSet(await Promise.all(sizes), name)
  }
  const largest = await makers.enlarge(source, { factor: top, format, quality })
  const smaller = FACTORS.filter((factor) => factor < largest.factor)
  const enlarged = await Promise.all(smaller.map((factor) => makers.enlarge(source, { factor, format, quality })))
  const one = largest.factor === 1 ? [] : [await makers.original(source, { format, quality })]
  const parts = [
    ...one.map((asset) => ({ asset, name: `${name}.${asset.extension}`, scale: 1, original: format === undefined })),
    // An image that failed and fell back to the source is already listed as 1x.
    ...enlarged.filter(({ factor }) => factor > 1).map((asset) => enlargedPart(asset, name)),
    enlargedPart(largest, name),
  ]
  return {
    largest,
    parts,
    src: ([first]) => first!,
    srcset: (urls) => parts.map(({ scale }, index) => `${urls[index]!} ${scale}x`).join(', '),
  }
}

/** @param assets by ascending width. Without enlarging all of them are the source, which is then listed once */
function widthSet(assets: readonly HdAsset[], name: string): ImageSet {
  const parts = [...new Map(assets.map((asset) => [asset.key, asset])).values()].map((asset) => ({
    ...widthPart(asset, name),
    width: asset.width,
  }))
  const largest = assets.at(-1)!
  // For browsers without `srcset`, and for what looks at `src` alone: the size of the source, or the nearest below it.
  const fallback = Math.max(
    0,
    parts.findLastIndex(({ width }) => width <= largest.source.width),
  )
  return {
    largest,
    parts,
    src: (urls) => urls[fallback]!,
    srcset: (urls) => parts.map(({ width }, index) => `${urls[index]!} ${width}w`).join(', '),
  }
}
