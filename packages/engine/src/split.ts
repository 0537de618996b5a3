import { type Rectangle, tilesOf } from './region.ts'

/**
 * The largest region, in pixels of the source. A worker keeps the source of its region, and an image that comes meanwhile waits for its end.
 * Smaller ones would compute more twice: a pixel more for every layer on each side, in whole tiles.
 */
const MAX_PIXELS = 2 ** 21
const MAX_WIDTH = 4096
/** Bands of a region at least. A shorter one costs more around itself than a second worker brings. */
const MIN_BANDS = 8

/** The regions of an image for `workers` workers, which take about the same time each: as many rows of regions as columns need, or more. */
export function splitImage(width: number, height: number, workers: number): Rectangle[] {
  const columns = tilesOf(width)
  const bands = tilesOf(height)
  const across = Math.ceil(width / MAX_WIDTH)
  const needed = Math.ceil((width * height) / (across * MAX_PIXELS))
  // As many as the workers can share evenly.
  let down = Math.max(1, needed)
  while ((across * down) % workers !== 0 && (down + 1) * MIN_BANDS <= bands) down++
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

const cut = (length: number, index: number, count: number): number => Math.round((length * index) / count)
