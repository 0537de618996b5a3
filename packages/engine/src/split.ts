import { type Rectangle, tilesOf } from './region.ts'

/** Tiles of a region from left to right at most: beyond it the rings leave the cache, and memory grows. */
const MAX_COLUMNS = 256
/** Bands of a region at least. A shorter one costs more around itself than a second worker brings. */
const MIN_BANDS = 8

const cut = (length: number, index: number, count: number): number => Math.round((length * index) / count)

/** The regions of an image for `workers` workers, which take about the same time each. */
export function splitImage(width: number, height: number, workers: number): Rectangle[] {
  const columns = tilesOf(width)
  const bands = tilesOf(height)
  const across = Math.ceil(columns / MAX_COLUMNS)
  const down = Math.max(1, Math.min(Math.floor(bands / MIN_BANDS), Math.ceil(workers / across)))
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
