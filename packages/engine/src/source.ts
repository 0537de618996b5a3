import type { RgbImage } from './engine.ts'
import { type Rectangle, sourceOf, type Task, TILE } from './region.ts'

/** Bytes that a message holds at most, unless a band alone has more. */
const MESSAGE_BYTES = 128 * 1024

/** Cuts the part of an image that a task needs into messages of whole bands. */
export class Source {
  readonly #image: RgbImage
  readonly #part: Rectangle
  readonly #rowsPerMessage: number
  #row: number

  /** @param layers of the network */
  constructor(image: RgbImage, task: Task, layers: number) {
    this.#image = image
    this.#part = sourceOf(task, layers)
    this.#row = this.#part.top
    this.#rowsPerMessage = TILE * Math.max(1, Math.floor(MESSAGE_BYTES / (3 * TILE * (this.#part.right - this.#part.left))))
  }

  /** The rows that come next, copied; `undefined` after the last. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const { left, right, bottom } = this.#part
    const count = Math.min(this.#rowsPerMessage, bottom - this.#row)
    if (count <= 0) return undefined
    const length = 3 * (right - left)
    const rows = new Uint8Array(count * length)
    for (let line = 0; line < count; line++) {
      const at = 3 * ((this.#row + line) * this.#image.width + left)
      rows.set(this.#image.data.subarray(at, at + length), line * length)
    }
    this.#row += count
    return rows
  }
}
