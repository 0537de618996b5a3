import { instantiate, type Kernels } from './kernels.ts'
// prettier-ignore
import { computedShape, EDGE, layRows, layWeights, MARGIN, PIXEL, RING_ROWS, type RowsLayout, type WeightsLayout } from './layout.ts'
import { pagesOf } from './memory.ts'
import type { PreparedNetwork } from './prepared.ts'
import { type Rectangle, type Task, TILE } from './region.ts'
import { planStrips, type Strip } from './strips.ts'

/** Receives a part of a line of the result, RGB, valid only during the call. @param line and @param column in pixels of the whole result */
export type Emit = (line: number, column: number, bytes: Uint8Array) => void

/**
 * Computes tasks one at a time, strip by strip, in steps of a band (four rows). In each step every layer computes one band, the one above that
 * of the previous layer, whose input has just become available. Each layer keeps only a few rows, which stay in the cache.
 */
export class Pipeline {
  readonly #network: PreparedNetwork
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #kernels: Kernels
  readonly #weights: WeightsLayout
  #rows!: RowsLayout
  #bytes = new Uint8Array()
  #task!: Task
  #strips: Strip[] = []
  #index = 0
  /** The next band of the source. */
  #band = 0

  constructor(module: WebAssembly.Module, network: PreparedNetwork) {
    this.#network = network
    this.#kernels = instantiate(module, this.#memory)
    this.#weights = layWeights(network)
    this.#grow(this.#weights.end)
    new Uint8Array(this.#memory.buffer).set(network.memory)
  }

  /** Prepares for a task. @throws RangeError if memory runs out */
  begin(task: Task): void {
    this.#task = task
    this.#strips = planStrips(task, this.depth)
    this.#index = 0
    const parts = this.#strips.flatMap((strip) => strip.parts)
    const extent = {
      tiles: Math.max(...parts.map(({ left, right }) => right - left)),
      columns: Math.max(...this.#strips.map(({ source }) => source.right - source.left)),
      edgeBands: this.#strips.length > 1 ? Math.max(...parts.map(({ top, bottom }) => bottom - top)) : 0,
    }
    this.#rows = layRows(this.#network, this.#weights.end, extent)
    this.#grow(this.#rows.end)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#beginStrip()
  }

  /** The number of layers. */
  get depth(): number {
    return this.#network.layers.length
  }

  /** How many bytes of the source the next step takes: four rows of its strip, fewer at the bottom, then none. */
  get wanted(): number {
    const { left, right, bottom } = this.#strip.source
    return 3 * (right - left) * Math.max(0, Math.min(TILE, bottom - TILE * this.#band))
  }

  get isDone(): boolean {
    return this.#index === this.#strips.length
  }

  /** Between strips: the part of the region that is not made yet, if another part is. */
  get rest(): Rectangle | undefined {
    if (this.isDone || this.#index === 0 || this.#band !== this.#firstBand) return undefined
    return { ...this.#task.region, left: this.#part(this.depth - 1).left }
  }

  /** @param source the next `wanted` bytes of the source */
  step(source: Uint8Array, emit: Emit): void {
    if (source.length > 0) this.#load(source)
    const last = this.depth - 1
    for (let layer = 0; layer <= last; layer++) {
      const band = this.#band - 1 - layer
      const { top, bottom } = this.#part(layer)
      if (band < top || band >= bottom) continue
      if (layer < last) this.#computeLayer(layer, band)
      else this.#computeLast(band, emit)
    }
    this.#band++
    if (this.#band < this.#task.region.bottom + this.depth) return
    this.#index++
    if (!this.isDone) this.#beginStrip()
  }

  get #strip(): Strip {
    return this.#strips[this.#index]!
  }

  /** The part of the strip that a layer computes. */
  #part(layer: number): Rectangle {
    return this.#strip.parts[layer]!
  }

  get #firstBand(): number {
    return this.#strip.source.top / TILE
  }

  /** Stores the band's rows of the source, and converts the part that the first layer reads. */
  #load(source: Uint8Array): void {
    const { rings, sourceStride } = this.#rows
    const strip = this.#strip.source
    const { left, right } = this.#part(0)
    const from = Math.max(strip.left, TILE * left - 1)
    const to = Math.min(strip.right, TILE * right + 1)
    const length = 3 * (strip.right - strip.left)
    for (let line = 0; line * length < source.length; line++) {
      const bytes = this.#sourceOf(this.#band) + line * sourceStride
      this.#bytes.set(source.subarray(line * length, (line + 1) * length), bytes)
      const row = this.#rowOf(rings[0]!, TILE * this.#band + line)
      this.#kernels.widen(bytes + 3 * (from - strip.left), row + PIXEL * (from - TILE * left + MARGIN), to - from)
    }
  }

  #sourceOf(band: number): number {
    const { source, sourceStride, sourceBands } = this.#rows
    return source + TILE * (band % sourceBands) * sourceStride
  }

  #computeLayer(index: number, band: number): void {
    const { slab, workspace, products, block } = this.#rows
    const { table, scratch, layers } = this.#weights
    const layer = this.#network.layers[index]!
    const { inputs, outputs } = computedShape(layer)
    const { kernel, bias } = layers[index]!
    const { left, right } = this.#part(index)
    this.#writeTable(index, band)
    // prettier-ignore
    this.#kernels.layer(table, inputs, slab, kernel, bias, layer.slope, table + 24, outputs, right - left, workspace, products, block, scratch)
    this.#clearBeyond(index, band)
    this.#moveEdges(index, band)
  }

  #computeLast(band: number, emit: Emit): void {
    const { slab, workspace, products, block, sourceStride, lines, lineStride } = this.#rows
    const { table, scratch, layers } = this.#weights
    const last = layers.length - 1
    const { kernel, bias } = layers[last]!
    const { inputs } = this.#network.layers[last]!
    const { width, height } = this.#task
    const { left, right } = this.#part(last)
    this.#writeTable(last, band)
    const from = this.#sourceOf(band) + 3 * (TILE * left - this.#strip.source.left)
    // prettier-ignore
    this.#kernels.last(table, inputs, slab, kernel, bias, from, sourceStride, lines, lineStride, right - left, workspace, products, block, scratch)
    const length = 6 * (Math.min(width, TILE * right) - TILE * left)
    const count = 2 * Math.min(TILE, height - TILE * band)
    for (let line = 0; line < count; line++) {
      const at = lines + line * lineStride
      emit(2 * TILE * band + line, 2 * TILE * left, this.#bytes.subarray(at, at + length))
    }
  }

  /** Writes the addresses of the six rows that a layer reads, and of the four that it writes. */
  #writeTable(layer: number, band: number): void {
    const { rings, zeroRow } = this.#rows
    const table = new Uint32Array(this.#memory.buffer, this.#weights.table, 10)
    const { left } = this.#part(layer)
    // The ring of the source begins where the first layer does.
    const begin = layer === 0 ? left : this.#part(layer - 1).left
    const column = PIXEL * (MARGIN - 1 + TILE * (left - begin))
    const top = TILE * band
    for (let line = 0; line < 6; line++) {
      const y = top + line - 1
      const isOutside = y < 0 || y >= this.#task.height
      table[line] = isOutside ? zeroRow : this.#rowOf(rings[layer]!, y) + column
    }
    const to = rings[layer + 1]
    if (to !== undefined) for (let line = 0; line < 4; line++) table[6 + line] = this.#rowOf(to, top + line) + PIXEL * MARGIN
  }

  #rowOf(ring: number, y: number): number {
    return ring + (y % RING_ROWS) * this.#rows.row
  }

  /** Zeroes the pixels outside the image, which no step of the strip writes. */
  #beginStrip(): void {
    this.#band = this.#firstBand
    const { zeroRow, row, rings, slab } = this.#rows
    this.#bytes.fill(0, zeroRow, zeroRow + row)
    for (const [index, ring] of rings.entries()) {
      const { left } = this.#part(Math.max(0, index - 1))
      const end = PIXEL * (MARGIN + this.#task.width - TILE * left)
      for (let at = ring; at < ring + RING_ROWS * row; at += slab) {
        if (left === 0) this.#bytes.fill(0, at, at + PIXEL * MARGIN)
        if (end < slab) this.#bytes.fill(0, at + end, at + slab)
      }
    }
  }

  /** Zeroes output beyond the right border of the image, where a tile may extend: the next layer expects zero padding. */
  #clearBeyond(layer: number, band: number): void {
    const { rings, slab, row } = this.#rows
    const { left, right } = this.#part(layer)
    const end = this.#task.width - TILE * left
    const missing = TILE * (right - left) - end
    if (missing <= 0) return
    for (let line = 0; line < 4; line++) {
      const begin = this.#rowOf(rings[layer + 1]!, TILE * band + line)
      for (let at = begin + PIXEL * (MARGIN + end); at < begin + row; at += slab) this.#bytes.fill(0, at, at + PIXEL * missing)
    }
  }

  /** Copies the right edge of the previous strip to the left of this one, and keeps the right edge of this one for the next. */
  #moveEdges(layer: number, band: number): void {
    if (this.#strips.length === 1) return
    const { rings, edges, edge, slab, row } = this.#rows
    const { left, right, top } = this.#part(layer)
    const strip = PIXEL * TILE * (right - left)
    const length = PIXEL * EDGE
    for (let line = 0; line < 4; line++) {
      const begin = this.#rowOf(rings[layer + 1]!, TILE * band + line)
      let kept = edges[layer]! + (TILE * (band - top) + line) * edge
      for (let at = begin + PIXEL * (MARGIN - EDGE); at < begin + row; at += slab) {
        if (this.#index > 0) this.#bytes.copyWithin(at, kept, kept + length)
        this.#bytes.copyWithin(kept, at + strip, at + strip + length)
        kept += length
      }
    }
  }

  #grow(bytes: number): void {
    const missing = pagesOf(bytes - this.#memory.buffer.byteLength)
    if (missing > 0) this.#memory.grow(missing)
  }
}
