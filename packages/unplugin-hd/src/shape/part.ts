import type { Asset, HdAsset } from '@unplugin-hd/core'

/** A file that an import needs, and its name. */
export interface Part {
  asset: Asset
  /** The file name that the bundler's naming options start from: `hero@2x.jpg`; at 1x `hero.jpg`. */
  name: string
  /** The scale relative to the source, as in the descriptor. */
  scale: number
  /** The width that the request asked for, in pixels. */
  width?: number
  /** The file is the unchanged source. */
  original: boolean
}

/** @param name of the source, without its extension */
export function enlargedPart(asset: HdAsset, name: string): Part {
  const { factor, extension, isSource } = asset
  return { asset, name: `${name}${factorMark(factor)}.${extension}`, scale: factor, original: isSource }
}

/** The same for a width: `hero-480w.jpg`. */
export function widthPart(asset: HdAsset, name: string): Part {
  const { width, extension, isSource, source } = asset
  if (isSource) return enlargedPart(asset, name)
  return { asset, name: `${name}${widthMark(width)}.${extension}`, scale: width / source.width, width, original: false }
}

/** The suffix of a file name for a width: `-480w`. */
export function widthMark(width: number): string {
  return `-${width}w`
}

/** The suffix of a file name: `@2x`, empty at 1x. */
export function factorMark(factor: number): string {
  return factor === 1 ? '' : `@${factor}x`
}
