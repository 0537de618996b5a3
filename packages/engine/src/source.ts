import type { RgbImage } from './api.ts'
import { type Rectangle, type Task, TILE } from './region.ts'
import { planStrips } from './strips.ts'

/** The maximum size of a message in bytes, unless a single band is larger. */
const MESSAGE_BYTES = 64 * 1024

/** Splits the source rows that the strips of a task need into messages of whole bands. */
export class Source {
  readonly #image: RgbImage
  readonly #strips: Rectangle[]
  #row: number

  /** @param layers number of layers of the network */
  constructor(image: RgbImage, task: Task, layers: number) {
    this.#image = image
    this.#strips = planStrips(task, layers).map(({ source }) => source)
    this.#row = this.#strips[0]!.top
  }

  /** The next rows, copied; `undefined` after the last. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const [strip, following] = this.#strips
    if (strip === undefined) return undefined
    const { left, right, bottom } = strip
    const length = 3 * (right - left)
    const bands = Math.max(1, Math.floor(MESSAGE_BYTES / (length * TILE)))
    const count = Math.min(TILE * bands, bottom - this.#row)
    const rows = new Uint8Array(count * length)
    for (let line = 0; line < count; line++) {
      const at = 3 * ((this.#row + line) * this.#image.width + left)
      rows.set(this.#image.data.subarray(at, at + length), line * length)
    }
    this.#row += count
    if (this.#row === bottom) {
      this.#strips.shift()
      this.#row = following?.top ?? 0
    }
    return rows
  }
}
