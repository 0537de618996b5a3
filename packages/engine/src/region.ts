/** Edge of a tile, in pixels of the source. Tiles always start at multiples of it, whatever part of an image is computed. */
export const TILE = 4

/** `right` and `bottom` are exclusive. */
export interface Rectangle {
  left: number
  top: number
  right: number
  bottom: number
}

/** A part of an image that one worker computes. Regions above each other may share their seam, so that no row of any layer is computed twice. */
export interface Region extends Rectangle {
  /** The first rows of each layer are handed to the region above. */
  gives: boolean
  /** The rows that each layer needs below the region are those that the region below hands over. */
  takes: boolean
}

/** What a worker does at a time. */
export interface Task {
  /** Of the whole image, in pixels. */
  width: number
  height: number
  /** The part to compute, in tiles. */
  region: Region
}

export const tilesOf = (length: number): number => Math.ceil(length / TILE)

/**
 * The region enlarged by `tiles` tiles on all sides, within the image. A pixel depends on one more pixel on each side per layer, but layers are
 * computed in whole tiles, because the rounding of a tile depends on all its pixels. So each layer needs one more tile.
 */
export function expand({ width, height, region }: Task, tiles: number): Rectangle {
  return {
    left: Math.max(0, region.left - tiles),
    top: Math.max(0, region.top - tiles),
    right: Math.min(tilesOf(width), region.right + tiles),
    bottom: Math.min(tilesOf(height), region.bottom + tiles),
  }
}

/** Converts tiles to pixels of the source. */
export function toPixels({ width, height }: { width: number; height: number }, tiles: Rectangle): Rectangle {
  return {
    left: TILE * tiles.left,
    top: TILE * tiles.top,
    right: Math.min(width, TILE * tiles.right),
    bottom: Math.min(height, TILE * tiles.bottom),
  }
}
