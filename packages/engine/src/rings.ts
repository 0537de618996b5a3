import { EDGE, MARGIN, PIXEL, RING_ROWS, type RowsLayout, SEAM_ROWS } from './layout.ts'
import { type Rectangle, TILE } from './region.ts'

/** The rows that layers keep of a strip, in the memory of a pipeline. A band is four rows. Ring 0 is the source, ring N + 1 the output of layer N. */
export class Rings {
  readonly #bytes: Uint8Array
  readonly #layout: RowsLayout
  /** Of the image, in pixels. */
  readonly #width: number

  constructor(bytes: Uint8Array, layout: RowsLayout, width: number) {
    this.#bytes = bytes
    this.#layout = layout
    this.#width = width
  }

  /** The address of a row of the image. */
  rowOf(ring: number, y: number): number {
    return this.#layout.rings[ring]! + (y % RING_ROWS) * this.#layout.row
  }

  /** Zeroes the pixels outside the image, which no step of a strip writes. @param parts of the strip, by layer */
  begin(parts: readonly Rectangle[]): void {
    const { zeroRow, row, rings, slab } = this.#layout
    this.#bytes.fill(0, zeroRow, zeroRow + row)
    for (const [index, ring] of rings.entries()) {
      const { left } = parts[Math.max(0, index - 1)]!
      const end = PIXEL * (MARGIN + this.#width - TILE * left)
      for (let at = ring; at < ring + RING_ROWS * row; at += slab) {
        if (left === 0) this.#bytes.fill(0, at, at + PIXEL * MARGIN)
        if (end < slab) this.#bytes.fill(0, at + end, at + slab)
      }
    }
  }

  /** Zeroes output beyond the right border of the image, where a tile may extend: the next layer expects zero padding. */
  clearBeyond(layer: number, { left, right }: Rectangle, band: number): void {
    const { row, slab } = this.#layout
    const end = this.#width - TILE * left
    const missing = TILE * (right - left) - end
    if (missing <= 0) return
    for (let line = 0; line < TILE; line++) {
      const begin = this.rowOf(layer + 1, TILE * band + line)
      for (let at = begin + PIXEL * (MARGIN + end); at < begin + row; at += slab) this.#bytes.fill(0, at, at + PIXEL * missing)
    }
  }

  /** Keeps the right edge of a band for the next strip, and puts that of the previous strip, if there is one, to its left. */
  moveEdges(layer: number, { left, right, top }: Rectangle, band: number, isFirst: boolean): void {
    const { edges, edge, row, slab } = this.#layout
    const strip = PIXEL * TILE * (right - left)
    const length = PIXEL * EDGE
    let kept = edges[layer]! + TILE * (band - top) * edge
    for (let line = 0; line < TILE; line++) {
      const begin = this.rowOf(layer + 1, TILE * band + line)
      for (let at = begin + PIXEL * (MARGIN - EDGE); at < begin + row; at += slab) {
        if (!isFirst) this.#bytes.copyWithin(at, kept, kept + length)
        this.#bytes.copyWithin(kept, at + strip, at + strip + length)
        kept += length
      }
    }
  }

  /** How many bytes of a seam a layer needs. */
  seamBytes({ left, right }: Rectangle): number {
    return SEAM_ROWS * (this.#layout.row / this.#layout.slab) * PIXEL * TILE * (right - left)
  }

  /** Copies the rows of a band that belong to a seam: all of the first band, one of the second. @param at where the layer's rows begin in the seam */
  give(layer: number, part: Rectangle, band: number, isFirst: boolean, seam: Uint8Array, at: number): void {
    this.#eachSeamRow(layer, part, band, isFirst, (row, place, length) => {
      seam.set(this.#bytes.subarray(row, row + length), at + place)
    })
  }

  /** The opposite of `give`. */
  take(layer: number, part: Rectangle, band: number, isFirst: boolean, seam: Uint8Array, at: number): void {
    this.#eachSeamRow(layer, part, band, isFirst, (row, place, length) => {
      this.#bytes.set(seam.subarray(at + place, at + place + length), row)
    })
  }

  /** Calls `copy` with the address of each row and slab, and its place among the layer's rows in the seam. */
  #eachSeamRow(
    layer: number,
    { left, right }: Rectangle,
    band: number,
    isFirst: boolean,
    copy: (row: number, place: number, length: number) => void,
  ): void {
    const { row, slab } = this.#layout
    const length = PIXEL * TILE * (right - left)
    const lines = isFirst ? TILE : SEAM_ROWS - TILE
    let place = isFirst ? 0 : TILE * (row / slab) * length
    for (let line = 0; line < lines; line++) {
      const begin = this.rowOf(layer + 1, TILE * band + line)
      for (let at = begin + PIXEL * MARGIN; at < begin + row; at += slab, place += length) copy(at, place, length)
    }
  }
}
