/*
 * The memory layout of a WebAssembly instance. From the bottom:
 *
 *   row table     the addresses of the rows that one call reads and writes
 *   scratch       four tiles, during a transform
 *   weights       for each layer: transformed kernels, bias
 *   ── from here on depends on the task ──
 *   workspace     the transformed input of a block of tiles: 36 factors for each tile, then 36 planes of integers
 *   products      the products of that block, 36 planes
 *   zero row      the row above and below the image
 *   rings         for the source and each layer except the last: the latest RING_ROWS rows of one strip
 *   edges         for each layer except the last: the right edge of the previous strip, EDGE pixels of every row
 *   source bytes  the latest bands of the source, to which the last layer adds
 *   lines         the eight lines of output of one band of a strip
 *
 * A row begins MARGIN pixels before the strip: the last of them come from the previous strip, or are zero at the left border of the image.
 * After the strip comes one pixel, which is zero at the right border. Channels are stored in slabs of 32; a slab has PIXEL bytes per pixel,
 * even if fewer than 32 channels exist. The source has eight channels: three colours and zeros.
 */

/** Bytes of a pixel in a slab; here and below as in `assembly/shapes.ts`. */
export const PIXEL = 128
export const SLAB_CHANNELS = 32
/** Values of a transformed tile or kernel. */
export const POINTS = 36
/** Channels of the source that the first layer reads. */
export const SOURCE_CHANNELS = 8
/** A layer at band B reads rows 4B-1 to 4B+4, while the previous layer has written up to 4B+7. */
export const RING_ROWS = 9
/** Pixels of a row before its strip: two tiles. */
export const MARGIN = 8
/** Pixels that a strip needs from the previous one: a layer starts one tile further left than the layer that it reads, and reads one pixel more. */
export const EDGE = 5
/** Rows of the region below that a layer needs: a band, and one row more. */
export const SEAM_ROWS = 5
/** Output channels that the last layer computes: twelve, rounded up to a multiple of eight. */
export const LAST_OUTPUTS = 16
/** Tiles that are transformed at a time. Their workspace and products fit into the L2 cache. */
const BLOCK = 16

/** The properties of a network that determine the layout. */
export interface NetworkShape {
  channels: number
  layers: { inputs: number; outputs: number }[]
}

const TABLE_BYTES = 64
/** Values of four tiles: sums of squares, 36 for each; per channel 6 lines of 18 half-transformed columns, and 36 for each tile. */
const SCRATCH_BYTES = 4 * 4 * POINTS * 4
const SCRATCH_CHANNEL_BYTES = 4 * (6 * 18 + 4 * POINTS)

/** Allocates addresses from the bottom up. */
class Arena {
  #top: number
  constructor(bottom: number) {
    this.#top = bottom
  }
  /** @returns an address that is a multiple of 64 */
  take(bytes: number): number {
    const address = this.#top
    this.#top += Math.ceil(bytes / 64) * 64
    return address
  }
  get top(): number {
    return this.#top
  }
}

export interface LayerPlace {
  kernel: number
  bias: number
}

/** The part that does not depend on the task. */
export interface WeightsLayout {
  table: number
  scratch: number
  layers: LayerPlace[]
  end: number
}

export interface RowsLayout {
  /** The maximum number of tiles in a block. */
  block: number
  workspace: number
  products: number
  /** Bytes between slabs of a row. */
  slab: number
  /** Bytes of a row. */
  row: number
  zeroRow: number
  /** Of the source and of each layer except the last. */
  rings: number[]
  /** Of each layer except the last. */
  edges: number[]
  /** Bytes of a row in `edges`. */
  edge: number
  source: number
  sourceStride: number
  sourceBands: number
  lines: number
  lineStride: number
  end: number
}

export const slabsOf = (channels: number): number => Math.ceil(channels / SLAB_CHANNELS)

export function layWeights(network: NetworkShape): WeightsLayout {
  const arena = new Arena(1024)
  const table = arena.take(TABLE_BYTES)
  const scratch = arena.take(SCRATCH_BYTES + SCRATCH_CHANNEL_BYTES * network.channels)
  const layers = network.layers.map((layer) => {
    const { inputs, outputs } = computedShape(layer)
    return { kernel: arena.take(POINTS * outputs * (2 * inputs + 4)), bias: arena.take(4 * outputs) }
  })
  return { table, scratch, layers, end: arena.top }
}

/** Channels as the inner loops compute them; extra ones are zero. */
export function computedShape({ inputs, outputs }: { inputs: number; outputs: number }): { inputs: number; outputs: number } {
  return { inputs: inputs === 3 ? SOURCE_CHANNELS : inputs, outputs: outputs === 12 ? LAST_OUTPUTS : outputs }
}

/** The size of a task. */
export interface Extent {
  /** The most tiles that a layer computes in a strip. */
  tiles: number
  /** The most source pixels per row that a strip needs. */
  columns: number
  /** The most bands that a layer computes or takes; 0 if there is only one strip. */
  edgeBands: number
}

export function layRows({ channels, layers }: NetworkShape, bottom: number, { tiles, columns, edgeBands }: Extent): RowsLayout {
  const arena = new Arena(bottom)
  const slabs = slabsOf(channels)
  const block = 4 * Math.ceil(Math.min(BLOCK, tiles) / 4)
  // As `planeOf` in `assembly/shapes.ts`, which puts the planes 64 bytes apart.
  const planes = (tile: number): number => POINTS * (slabs * block * tile + 64)
  const slab = offPages((MARGIN + 4 * tiles + 1) * PIXEL)
  const row = slabs * slab
  const workspace = arena.take(4 * POINTS * block + planes(PIXEL / 2))
  const products = arena.take(planes(PIXEL))
  const zeroRow = arena.take(row)
  const rings = layers.map(() => arena.take(RING_ROWS * row))
  const edge = slabs * EDGE * PIXEL
  const edges = layers.slice(1).map(() => arena.take(4 * edgeBands * edge))
  // Tiles may extend beyond the right border of the image; values read there are not used.
  const sourceStride = 3 * columns + 16
  const sourceBands = layers.length + 1
  const source = arena.take(4 * sourceBands * sourceStride)
  const lineStride = 24 * tiles
  const lines = arena.take(8 * lineStride)
  return {
    block,
    workspace,
    products,
    slab,
    row,
    zeroRow,
    rings,
    edges,
    edge,
    source,
    sourceStride,
    sourceBands,
    lines,
    lineStride,
    end: arena.top,
  }
}

/** Enlarged so that the rows of a ring do not map to the same cache lines. */
function offPages(bytes: number): number {
  let length = bytes
  while (length % 4096 < 256 || length % 4096 > 3840) length += PIXEL
  return length
}
