import { instantiate, type Kernels } from './kernels.ts'
import {
  computedShape,
  layRows,
  layWeights,
  PIXEL,
  RING_ROWS,
  type RowsLayout,
  slabsOf,
  storeWeights,
  type WeightsLayout,
} from './layout.ts'
import { expand, type Rectangle, sourceOf, type Task, TILE } from './region.ts'
import type { Network } from './weights.ts'

const PAGE = 65536

/** Takes a line of the result, RGB. `bytes` is only valid during the call. @param line counted from the top of the whole image */
export type Emit = (line: number, bytes: Uint8Array) => void

/**
 * Computes one task after the other, in steps of a band (four rows). In each step the next band of the source comes in, and every layer computes
 * a band, one band above that of the layer before it: just what it depends on is there. So a few rows a layer are all that is kept.
 */
export class Pipeline {
  readonly #network: Network
  readonly #memory = new WebAssembly.Memory({ initial: 1 })
  readonly #kernels: Kernels
  readonly #weights: WeightsLayout
  #rows: RowsLayout | undefined
  #bytes = new Uint8Array()
  #task!: Task
  /** What is in the rings, in tiles. */
  #around!: Rectangle
  /** What each layer computes, in tiles. */
  #regions!: Rectangle[]
  /** The band of the source that comes next. */
  #band = 0

  constructor(module: WebAssembly.Module, network: Network) {
    this.#network = network
    this.#kernels = instantiate(module, this.#memory)
    this.#weights = layWeights(network)
    this.#grow(this.#weights.end)
    storeWeights(network, this.#weights, this.#memory.buffer)
  }

  /** Makes ready for a task. @throws RangeError when there is no memory */
  begin(task: Task): void {
    const { layers } = this.#network
    this.#task = task
    this.#around = expand(task, layers.length)
    this.#regions = layers.map((_, index) => expand(task, layers.length - 1 - index))
    this.#band = this.#around.top
    this.#rows = layRows(this.#network, this.#weights.end, this.#around.right - this.#around.left)
    this.#grow(this.#rows.end)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#clearBorders()
  }

  /** Layers of the network. */
  get depth(): number {
    return this.#network.layers.length
  }

  /** The step that comes next takes this many rows of the source: four, fewer at the lower end, then none. */
  get wanted(): number {
    const { top, bottom } = sourceOf(this.#task, this.#network.layers.length)
    return Math.max(0, Math.min(4, bottom - top - TILE * (this.#band - this.#around.top)))
  }

  get isDone(): boolean {
    return this.#band === this.#task.region.bottom + this.#network.layers.length
  }

  /** @param source the `wanted` rows of the source that come next, of the width of `sourceOf` the task */
  step(source: Uint8Array, emit: Emit): void {
    this.#load(source)
    const last = this.#network.layers.length - 1
    for (let index = 0; index <= last; index++) {
      const band = this.#band - 1 - index
      const region = this.#regions[index]!
      if (band < region.top || band >= region.bottom) continue
      if (index < last) this.#computeLayer(index, band, region)
      else this.#computeLast(band, region, emit)
    }
    this.#band++
  }

  #load(source: Uint8Array): void {
    const { sourceStride, rings, source: at, sourceBands } = this.#rows!
    const { left, right } = sourceOf(this.#task, this.#network.layers.length)
    const width = right - left
    for (let line = 0; line * width * 3 < source.length; line++) {
      const bytes = at + (4 * (this.#band % sourceBands) + line) * sourceStride
      this.#bytes.set(source.subarray(line * width * 3, (line + 1) * width * 3), bytes)
      this.#kernels.widen(bytes, this.#rowOf(rings[0]!, TILE * this.#band + line) + PIXEL, width)
    }
  }

  #computeLayer(index: number, band: number, region: Rectangle): void {
    const { slab, workspace, products, plane, block, rings } = this.#rows!
    const { table, scratch, layers } = this.#weights
    const layer = this.#network.layers[index]!
    const { inputs, outputs } = computedShape(layer)
    const { kernel, bias } = layers[index]!
    this.#writeTable(index, band, region.left)
    const tiles = region.right - region.left
    // prettier-ignore
    this.#kernels.layer(table, inputs, slab, kernel, bias, layer.slope, table + 24, outputs, tiles, workspace, products, plane, block, scratch)
    this.#clearBeyond(rings[index + 1]!, band)
  }

  #computeLast(band: number, region: Rectangle, emit: Emit): void {
    const { slab, workspace, products, plane, block, source, sourceStride, sourceBands, lines, lineStride } = this.#rows!
    const { table, scratch, layers } = this.#weights
    const { kernel, bias } = layers.at(-1)!
    const { inputs } = this.#network.layers.at(-1)!
    const { width, height } = this.#task
    this.#writeTable(layers.length - 1, band, region.left)
    const from = source + 4 * (band % sourceBands) * sourceStride + 3 * TILE * (region.left - this.#around.left)
    const tiles = region.right - region.left
    // prettier-ignore
    this.#kernels.last(table, inputs, slab, kernel, bias, from, sourceStride, lines, lineStride, tiles, workspace, products, plane, block, scratch)
    const length = 6 * (Math.min(width, TILE * region.right) - TILE * region.left)
    const count = 2 * Math.min(TILE, height - TILE * band)
    for (let line = 0; line < count; line++) {
      const at = lines + line * lineStride
      emit(2 * TILE * band + line, this.#bytes.subarray(at, at + length))
    }
  }

  /** Addresses of the six rows that a layer reads, and of the four that it writes. */
  #writeTable(index: number, band: number, left: number): void {
    const { rings, zeroRow } = this.#rows!
    const table = new Uint32Array(this.#memory.buffer, this.#weights.table, 10)
    const column = TILE * PIXEL * (left - this.#around.left)
    const top = TILE * band
    for (let line = 0; line < 6; line++) {
      const y = top + line - 1
      const isOutside = y < 0 || y >= this.#task.height
      table[line] = (isOutside ? zeroRow : this.#rowOf(rings[index]!, y)) + column
    }
    const to = rings[index + 1]
    if (to !== undefined) for (let line = 0; line < 4; line++) table[6 + line] = this.#rowOf(to, top + line) + column + PIXEL
  }

  #rowOf(ring: number, y: number): number {
    return ring + (y % RING_ROWS) * this.#rows!.row
  }

  /** Makes zero what no step writes: what stands around the image, and the source's fourth channel to its right. */
  #clearBorders(): void {
    const { zeroRow, row, rings, slab } = this.#rows!
    this.#bytes.fill(0, zeroRow, zeroRow + row)
    const right = PIXEL * (1 + this.#columns)
    for (const ring of rings) {
      for (let line = 0; line < RING_ROWS; line++) {
        for (let at = ring + line * row; at < ring + (line + 1) * row; at += slab) {
          this.#bytes.fill(0, at, at + PIXEL)
          this.#bytes.fill(0, at + right, at + slab)
        }
      }
    }
  }

  /** Pixels of a row that are in the image. */
  get #columns(): number {
    const { left, right } = sourceOf(this.#task, this.#network.layers.length)
    return right - left
  }

  /** A tile may reach over the right edge of the image. What it made there is zero for the layer that comes next. */
  #clearBeyond(ring: number, band: number): void {
    const beyond = -this.#task.width & (TILE - 1)
    if (beyond === 0 || TILE * this.#around.right < this.#task.width) return
    const { slab } = this.#rows!
    const from = PIXEL * (1 + this.#columns)
    for (let line = 0; line < 4; line++) {
      for (let index = 0; index < slabsOf(this.#network.channels); index++) {
        const at = this.#rowOf(ring, TILE * band + line) + index * slab + from
        this.#bytes.fill(0, at, at + PIXEL * beyond)
      }
    }
  }

  #grow(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE)
    if (missing > 0) this.#memory.grow(missing)
  }
}
