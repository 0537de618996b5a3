import type { RgbImage } from './engine.ts'
import { EngineError } from './errors.ts'
import { type Rectangle, type Task, TILE } from './region.ts'

/** An image on its way: what is still to be given out, and where what was made comes together. */
export class Job {
  readonly image: RgbImage
  readonly result: Promise<RgbImage>
  /** What no worker has yet. */
  regions: Rectangle[] = []
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

  /** Puts lines of a task's region where they belong. */
  place({ region }: Task, line: number, lines: Uint8Array): void {
    const { width, height } = this.image
    const left = 6 * TILE * region.left
    const length = Math.min(6 * width, 6 * TILE * region.right) - left
    for (let at = 0, y = line; at < lines.length; at += length, y++)
      this.#pixels.set(lines.subarray(at, at + length), y * 6 * width + left)
    this.#missing -= lines.length
    if (lines.length > 0) this.#onProgress?.(1 - this.#missing / this.#pixels.length)
    if (this.#missing === 0) this.#resolve({ width: 2 * width, height: 2 * height, data: this.#pixels })
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  get isDone(): boolean {
    return this.#missing === 0
  }
}
