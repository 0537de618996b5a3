/** Edge of a tile, in pixels of the source. Tiles start at multiples of it, whatever part of an image is computed. */
export const TILE = 4

/** A rectangle; the right and the bottom edge are not in it. */
export interface Rectangle {
  left: number
  top: number
  right: number
  bottom: number
}

/** A part of an image that one worker makes at a time. */
export interface Task {
  /** Of the whole image, in pixels. */
  width: number
  height: number
  /** What to make, in tiles. */
  region: Rectangle
}

export const tilesOf = (length: number): number => Math.ceil(length / TILE)

/**
 * The part of an image that is `tiles` tiles larger on all sides. A pixel depends on one more pixel on each side for every layer; but a layer
 * is computed in whole tiles, since a tile's sums round over all of its pixels, so it is a tile more for every layer.
 */
export function expand({ width, height, region }: Task, tiles: number): Rectangle {
  return {
    left: Math.max(0, region.left - tiles),
    top: Math.max(0, region.top - tiles),
    right: Math.min(tilesOf(width), region.right + tiles),
    bottom: Math.min(tilesOf(height), region.bottom + tiles),
  }
}

/** Tiles to pixels of the source. */
export function toPixels({ width, height }: { width: number; height: number }, tiles: Rectangle): Rectangle {
  return {
    left: TILE * tiles.left,
    top: TILE * tiles.top,
    right: Math.min(width, TILE * tiles.right),
    bottom: Math.min(height, TILE * tiles.bottom),
  }
}
