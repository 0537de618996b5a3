/*
 * Where things stand in the memory of a WebAssembly instance, and how large they are. From the bottom:
 *
 *   row table     the addresses of the rows that one call reads and writes
 *   scratch       four tiles of four channels, on their way through a transform
 *   weights       for each layer: transformed kernels, bias
 *   ── from here on laid anew for every width ──
 *   workspace     the transformed input of a block of tiles, 36 planes
 *   products      what becomes of it, 36 planes
 *   zero row      what stands above and below the image
 *   rings         for the source and for each layer but the last one: its latest RING_ROWS rows, of one strip
 *   edges         for each layer but the last one: the right edge of the strip before, EDGE pixels of every row
 *   source bytes  the latest bands of the source, for what the last layer adds to
 *   lines         the eight lines of output that a band of a strip becomes
 *
 * A row begins MARGIN pixels before the strip: the last of them come from the strip before, or are zero where the image begins. After the
 * strip comes one pixel that is zero where the image ends. A row's channels stand in slabs of 32; a slab has PIXEL bytes for a pixel,
 * whatever part of the 32 exists. The source has four channels: three colours, and a zero.
 */

/** Bytes of a pixel in a slab; here and below as in `assembly/shapes.ts`. */
export const PIXEL = 128
export const SLAB_CHANNELS = 32
/** Values that a tile, or a kernel, is transformed to. */
const POINTS = 36
/** Channels of the source that the first layer reads. */
export const SOURCE_CHANNELS = 4
/** A layer at band B reads rows 4B-1 to 4B+4, while the layer before it has written up to 4B+7. */
export const RING_ROWS = 9
/** Pixels of a row before its strip, two tiles. */
export const MARGIN = 8
/** Pixels that a strip needs of the one before it: a layer starts one tile further left than the layer that it reads, and reads a pixel more. */
export const EDGE = 5
/** Output channels that the last layer computes: its twelve, in steps of eight. */
export const LAST_OUTPUTS = 16
/** Tiles that are transformed at a time. Workspace and products of that many stay in the second-level cache. */
const BLOCK = 16

/** What layouts depend on. */
export interface NetworkShape {
  channels: number
  layers: { inputs: number; outputs: number }[]
}

const SCRATCH_BYTES = 2048
const TABLE_BYTES = 64

/** Hands out addresses from the bottom up. */
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

/** What does not depend on the width. */
export interface WeightsLayout {
  table: number
  scratch: number
  layers: LayerPlace[]
  end: number
}

export interface RowsLayout {
  /** Tiles that a block has at most. */
  block: number
  workspace: number
  products: number
  /** Bytes of one of the 36 planes. */
  plane: number
  /** Bytes between slabs of a row. */
  slab: number
  /** Bytes of a row. */
  row: number
  zeroRow: number
  /** Of the source, and of each layer but the last one. */
  rings: number[]
  /** Of each layer but the last one. */
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
  const scratch = arena.take(SCRATCH_BYTES)
  const layers = network.layers.map((layer) => {
    const { inputs, outputs } = computedShape(layer)
    return { kernel: arena.take(4 * POINTS * inputs * outputs), bias: arena.take(4 * outputs) }
  })
  return { table, scratch, layers, end: arena.top }
}

/** Channels as the inner loops count them: what is missing is zero. */
export function computedShape({ inputs, outputs }: { inputs: number; outputs: number }): { inputs: number; outputs: number } {
  return { inputs: inputs === 3 ? SOURCE_CHANNELS : inputs, outputs: outputs === 12 ? LAST_OUTPUTS : outputs }
}

/** What a task needs room for. */
export interface Extent {
  /** Tiles that a layer computes of a strip at most. */
  tiles: number
  /** Pixels of the source that a strip needs from left to right at most. */
  columns: number
  /** Bands that a layer computes at most; 0 when there is one strip alone. */
  edgeBands: number
}

export function layRows({ channels, layers }: NetworkShape, bottom: number, { tiles, columns, edgeBands }: Extent): RowsLayout {
  const arena = new Arena(bottom)
  const slabs = slabsOf(channels)
  const block = 4 * Math.ceil(Math.min(BLOCK, tiles) / 4)
  // 64 bytes more, so that the planes do not fall on the same lines of a cache.
  const plane = slabs * block * PIXEL + 64
  const slab = offPages((MARGIN + 4 * tiles + 1) * PIXEL)
  const row = slabs * slab
  const workspace = arena.take(POINTS * plane)
  const products = arena.take(POINTS * plane)
  const zeroRow = arena.take(row)
  const rings = layers.map(() => arena.take(RING_ROWS * row))
  const edge = slabs * EDGE * PIXEL
  const edges = layers.slice(1).map(() => arena.take(4 * edgeBands * edge))
  // Tiles reach over the right edge of the image; what is read there is not used.
  const sourceStride = 3 * columns + 16
  const sourceBands = layers.length + 1
  const source = arena.take(4 * sourceBands * sourceStride)
  const lineStride = 24 * tiles
  const lines = arena.take(8 * lineStride)
  return {
    block,
    workspace,
    products,
    plane,
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

/** Lengthened so far that the rows of a ring do not fall on the same lines of a cache. */
function offPages(bytes: number): number {
  let length = bytes
  while (length % 4096 < 256 || length % 4096 > 3840) length += PIXEL
  return length
}
