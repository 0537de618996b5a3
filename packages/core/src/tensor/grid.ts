import type { TileLimits } from './limits.ts'
import type { Rectangle } from './samples.ts'
import { planAxis } from './tiles.ts'

/** One tile of an image, in source pixels. */
export interface Tile {
  /** What the model gets; beyond the image it is padded. */
  area: Rectangle
  /** The part of it within the image. */
  seen: Rectangle
  /** The part that it delivers. */
  part: Rectangle
}

/** How an image is cut into tiles. */
export interface Grid {
  /** Of every tile's area, in source pixels. */
  width: number
  height: number
  tiles: Tile[]
}

/** Row by row. The delivered parts cover the image exactly once. */
export function planGrid(image: { width: number; height: number }, limits: TileLimits): Grid {
  const across = planAxis(image.width, limits.across)
  const down = planAxis(image.height, limits.down)
  const [width, height] = [across.edge, down.edge]
  const tiles = down.spans.flatMap((row) =>
    across.spans.map((column) => {
      const area = { x: column.start, y: row.start, width, height }
      const seen = { ...area, width: Math.min(width, image.width - area.x), height: Math.min(height, image.height - area.y) }
      const part = { x: column.from, y: row.from, width: column.to - column.from, height: row.to - row.from }
      return { area, seen, part }
    }),
  )
  return { width, height, tiles }
}
