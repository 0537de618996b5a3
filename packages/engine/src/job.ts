import type { RgbImage } from './api.ts'
import { EngineError } from './errors.ts'
import type { Piece } from './protocol.ts'
import type { Region } from './region.ts'
import { Seam } from './seam.ts'

/** An image in progress: the regions that are still to be assigned, and the result so far. */
export class Job {
  readonly image: RgbImage
  readonly result: Promise<RgbImage>
  /** Regions that are not yet assigned to a worker. */
  regions: Region[] = []
  /** Orders images in the queue, lowest first. */
  turn = 0
  readonly #onProgress: ((share: number) => void) | undefined
  #resolve!: (image: RgbImage) => void
  #reject!: (error: unknown) => void
  readonly #seams = new Map<number, Seam>()
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

  /** Allocates the result. Not earlier, so that waiting images hold no memory. @throws EngineError `ENGINE_MEMORY` */
  begin(regions: Region[]): void {
    this.regions = regions
    try {
      this.#pixels = new Uint8Array(this.#missing)
    } catch (cause) {
      throw new EngineError('ENGINE_MEMORY', `cannot allocate ${this.#missing} bytes for the result`, { cause })
    }
  }

  /** Copies a piece into the result. @throws the error that `onProgress` throws */
  place({ line, column, length, pixels }: Piece): void {
    const { width, height } = this.image
    for (let at = 0, y = line; at < pixels.length; at += length, y++)
      this.#pixels.set(pixels.subarray(at, at + length), 3 * (2 * width * y + column))
    this.#missing -= pixels.length
    this.#onProgress?.(1 - this.#missing / this.#pixels.length)
    if (this.#missing === 0) this.#resolve({ width: 2 * width, height: 2 * height, data: this.#pixels })
  }

  /** The seam between the regions above and below a row of tiles. */
  seamAt(row: number): Seam {
    const seam = this.#seams.get(row) ?? new Seam()
    this.#seams.set(row, seam)
    return seam
  }

  fail(error: unknown): void {
    this.#reject(error)
  }

  get isDone(): boolean {
    return this.#missing === 0
  }
}
