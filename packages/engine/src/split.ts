import { type Region, TILE, tilesOf } from './region.ts'

/** The maximum height of a region, in rows. For each row a worker keeps some pixels at the edge of a strip: 7 KB for 32 channels and 12 layers. */
const MAX_ROWS = 2048
/** The minimum width and height of a region, in tiles. For smaller ones the overlap costs more than another worker gains. */
const MIN_TILES = 8

/** The most pixels of an image whose regions share seams. Such regions are not interrupted, even if other images wait. */
const MAX_SHARED_PIXELS = 1.5e6

/**
 * Splits an image for `workers` workers into as many regions of equal work, or a multiple of that for tall images. They are in the order in which
 * workers must begin with them.
 * @param layers number of layers of the network
 */
export function splitImage(width: number, height: number, workers: number, layers: number): Region[] {
  const bands = tilesOf(height)
  const each = bands / workers
  const isShared =
    workers > 1 && width * height <= MAX_SHARED_PIXELS && each >= Math.max(layers, MIN_TILES) && each <= MAX_ROWS / TILE
  return isShared ? shareSeams(tilesOf(width), bands, workers, layers) : overlap(width, height, workers)
}

/** Regions above each other, from the bottom up, because each needs rows of the one below. No row is computed twice. */
function shareSeams(columns: number, bands: number, count: number, layers: number): Region[] {
  // Each layer begins and ends one band further up than the next one, so the first region is larger and the last one smaller.
  const seam = (index: number): number =>
    index === 0 || index === count ? (bands * index) / count : Math.round((bands * index) / count + (layers - 1) / 2)
  return Array.from({ length: count }, (_, index) => ({
    left: 0,
    right: columns,
    top: seam(index),
    bottom: seam(index + 1),
    gives: index > 0,
    takes: index < count - 1,
  })).toReversed()
}

/** A grid of regions. At their seams one tile per layer is computed twice, so the grid with the shortest seams is used. */
function overlap(width: number, height: number, workers: number): Region[] {
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
      gives: false,
      takes: false,
    }
  })
}

/** Columns and rows of the grid of `count` regions with the shortest seams; 1 and 1 if its regions would be too small. */
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
