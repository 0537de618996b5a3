import type { RgbImage } from './api.ts'
import { EngineError } from './errors.ts'
import type { Piece } from './protocol.ts'
import type { Rectangle } from './region.ts'

/** An image on its way: what is still to be given out, and where what was made comes together. */
export class Job {
  readonly image: RgbImage
  readonly result: Promise<RgbImage>
  /** What no worker has yet. */
  regions: Rectangle[] = []
  /** Whoever has the lowest is next in line. */
  turn = 0
  readonly #onProgress: ((share: number) => void) | undefined
  #resolve!: (image: RgbImage) => void
  #reject!: (error: unknown) => void
  #pixels = new Uint8Array()
  #missing: number

  constructor(image: RgbImage, onProgress?: (share: number) => void) {
    this.image = image
    this.#onProgress = onProgress
    this.#missing = 12 * image.width * image.height
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Takes the memory for the result. Not before: images that wait for their turn hold none. @throws EngineError `ENGINE_MEMORY` */
  begin(regions: Rectangle[]): void {
    this.regions = regions
    try {
      this.#pixels = new Uint8Array(this.#missing)
    } catch (cause) {
      throw new EngineError('ENGINE_MEMORY', `there is no memory for the result, ${this.#missing} bytes`, { cause })
    }
  }

  /** Puts a part of the result where it belongs. @throws whatever `onProgress` throws */
  place({ line, column, length, pixels }: Piece): void {
    const { width, height } = this.image
    for (let at = 0, y = line; at < pixels.length; at += length, y++)
      this.#pixels.set(pixels.subarray(at, at + length), 3 * (2 * width * y + column))
    this.#missing -= pixels.length
    this.#onProgress?.(1 - this.#missing / this.#pixels.length)
    if (this.#missing === 0) this.#resolve({ width: 2 * width, height: 2 * height, data: this.#pixels })
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  get isDone(): boolean {
    return this.#missing === 0
  }
}
