import { type Rectangle, TILE, tilesOf } from './region.ts'

/** Rows of a region at most. Of each a worker keeps some pixels at the edge of a strip: 7 KB for 32 channels and 12 layers. */
const MAX_ROWS = 2048
/** Tiles of a region at least, on each side. A smaller one costs more around itself than another worker brings. */
const MIN_TILES = 8

/**
 * The regions of an image for `workers` workers: a grid of as many, all of the same size, or of a multiple of them when the image is high. Where regions
 * meet, a tile more for every layer is computed twice, so the grid is the one with the shortest seams.
 */
export function splitImage(width: number, height: number, workers: number): Rectangle[] {
  const [columns, bands] = [tilesOf(width), tilesOf(height)]
  const most = Math.min(workers, cells(columns) * cells(bands))
  let [across, down] = [1, 1]
  for (let count = most; across * down === 1 && count > 1; count--) [across, down] = grid(width, height, count)
  down *= Math.ceil(bands / down / (MAX_ROWS / TILE))
  return Array.from({ length: across * down }, (_, index) => {
    const [x, y] = [index % across, Math.floor(index / across)]
    return {
      left: cut(columns, x, across),
      right: cut(columns, x + 1, across),
      top: cut(bands, y, down),
      bottom: cut(bands, y + 1, down),
    }
  })
}

/** Columns and rows of the grid of `count` regions with the shortest seams; 1 and 1 when its regions would be too small. */
function grid(width: number, height: number, count: number): [number, number] {
  let best: [number, number] = [1, 1]
  let shortest = Number.POSITIVE_INFINITY
  for (let across = 1; across <= count; across++) {
    const down = count / across
    if (!Number.isInteger(down) || across > cells(tilesOf(width)) || down > cells(tilesOf(height))) continue
    const seams = (across - 1) * height + (down - 1) * width
    if (seams >= shortest) continue
    shortest = seams
    best = [across, down]
  }
  return best
}

const cells = (tiles: number): number => Math.max(1, Math.floor(tiles / MIN_TILES))
const cut = (length: number, index: number, count: number): number => Math.round((length * index) / count)
