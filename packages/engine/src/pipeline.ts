import { instantiate, type Kernels } from './kernels.ts'
import { computedShape, layRows, layWeights, MARGIN, PIXEL, type RowsLayout, type WeightsLayout } from './layout.ts'
import { pagesOf } from './memory.ts'
import type { PreparedNetwork } from './prepared.ts'
import { type Rectangle, type Task, TILE } from './region.ts'
import { Rings } from './rings.ts'
import { planStrips, type Strip } from './strips.ts'

/** Receives what a step makes. */
export interface Output {
  /** A part of a line of the result, RGB, valid only during the call. @param line and @param column in pixels of the whole result */
  pixels(line: number, column: number, bytes: Uint8Array): void
  /** The seam of a strip, for the region above. */
  seam(rows: Uint8Array<ArrayBuffer>): void
}

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
  #rings!: Rings
  #bytes = new Uint8Array()
  /** Addresses of rows, for the call of a kernel. */
  #table = new Uint32Array()
  #task!: Task
  #strips: Strip[] = []
  #index = 0
  /** The next band of the source. */
  #band = 0
  /** The seam of the strip: what is collected for the region above, and what came from the region below. */
  #given: Uint8Array<ArrayBuffer> | undefined
  #taken: Uint8Array | undefined

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
      tiles: largest(parts.map(({ left, right }) => right - left)),
      columns: largest(this.#strips.map(({ source }) => source.right - source.left)),
      edgeBands: this.#strips.length > 1 ? largest(parts.map(({ top, bottom }) => bottom - top)) + 2 : 0,
    }
    this.#rows = layRows(this.#network, this.#weights.end, extent)
    this.#grow(this.#rows.end)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#table = new Uint32Array(this.#memory.buffer, this.#weights.table, 10)
    this.#rings = new Rings(this.#bytes, this.#rows, task.width)
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

  /** Whether the next step needs the seam of the strip, from the region below. */
  get needsSeam(): boolean {
    return this.#task.region.takes && this.#taken === undefined && this.#band > this.#part(0).bottom
  }

  /** @param rows the seam that `Output.seam` received for the same strip of the region below */
  takeSeam(rows: Uint8Array): void {
    this.#taken = rows
  }

  /** @param source the next `wanted` bytes of the source */
  step(source: Uint8Array, output: Output): void {
    if (source.length > 0) this.#load(source)
    for (let layer = 0; layer < this.depth; layer++) this.#stepLayer(layer, this.#band - 1 - layer, output)
    this.#band++
    if (this.#band < this.#task.region.bottom + this.depth) return
    this.#index++
    if (!this.isDone) this.#beginStrip()
  }

  #stepLayer(layer: number, band: number, output: Output): void {
    const { gives, takes } = this.#task.region
    const { top, bottom } = this.#part(layer)
    const isLast = layer === this.depth - 1
    if (band < top) return
    if (band >= bottom) {
      if (takes && !isLast && band < bottom + 2) this.#take(layer, band)
    } else if (isLast) this.#computeLast(band, output)
    else {
      this.#computeLayer(layer, band)
      if (gives && band < top + 2) this.#give(layer, band, output)
    }
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
    const { sourceStride } = this.#rows
    const strip = this.#strip.source
    const { left, right } = this.#part(0)
    const from = Math.max(strip.left, TILE * left - 1)
    const to = Math.min(strip.right, TILE * right + 1)
    const length = 3 * (strip.right - strip.left)
    for (let line = 0; line * length < source.length; line++) {
      const bytes = this.#sourceOf(this.#band) + line * sourceStride
      this.#bytes.set(source.subarray(line * length, (line + 1) * length), bytes)
      const row = this.#rings.rowOf(0, TILE * this.#band + line)
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
    this.#rings.clearBeyond(index, this.#part(index), band)
    this.#moveEdges(index, band)
  }

  #computeLast(band: number, output: Output): void {
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
      output.pixels(2 * TILE * band + line, 2 * TILE * left, this.#bytes.subarray(at, at + length))
    }
  }

  /** Writes the addresses of the six rows that a layer reads, and of the four that it writes. */
  #writeTable(layer: number, band: number): void {
    const { zeroRow } = this.#rows
    const table = this.#table
    const { left } = this.#part(layer)
    // The ring of the source begins where the first layer does.
    const begin = layer === 0 ? left : this.#part(layer - 1).left
    const column = PIXEL * (MARGIN - 1 + TILE * (left - begin))
    const top = TILE * band
    for (let line = 0; line < 6; line++) {
      const y = top + line - 1
      const isOutside = y < 0 || y >= this.#task.height
      table[line] = isOutside ? zeroRow : this.#rings.rowOf(layer, y) + column
    }
    if (layer === this.depth - 1) return
    for (let line = 0; line < 4; line++) table[6 + line] = this.#rings.rowOf(layer + 1, top + line) + PIXEL * MARGIN
  }

  #beginStrip(): void {
    this.#band = this.#firstBand
    // Of a task that was dropped.
    this.#given = undefined
    this.#taken = undefined
    this.#rings.begin(this.#strip.parts)
  }

  /** Adds rows of a layer's first two bands to the seam. The second band of the last layer but one completes it. */
  #give(layer: number, band: number, output: Output): void {
    const part = this.#part(layer)
    const isFirst = band === part.top
    this.#given ??= new Uint8Array(this.#seamAt(this.depth - 1))
    this.#rings.give(layer, part, band, isFirst, this.#given, this.#seamAt(layer))
    if (isFirst || layer < this.depth - 2) return
    output.seam(this.#given)
    this.#given = undefined
  }

  /** Continues a layer below its part with rows of the seam, as if it had computed them. */
  #take(layer: number, band: number): void {
    const part = this.#part(layer)
    this.#rings.take(layer, part, band, band === part.bottom, this.#taken!, this.#seamAt(layer))
    this.#moveEdges(layer, band)
  }

  /** Where the rows of a layer begin in the seam of the strip. */
  #seamAt(layer: number): number {
    return this.#strip.parts.slice(0, layer).reduce((sum, part) => sum + this.#rings.seamBytes(part), 0)
  }

  #moveEdges(layer: number, band: number): void {
    if (this.#strips.length > 1) this.#rings.moveEdges(layer, this.#part(layer), band, this.#index === 0)
  }

  #grow(bytes: number): void {
    const missing = pagesOf(bytes - this.#memory.buffer.byteLength)
    if (missing > 0) this.#memory.grow(missing)
  }
}

/** Of any number of values; `Math.max` takes only some ten thousand. */
const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value))
