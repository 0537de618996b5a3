import { readFile } from 'node:fs/promises'
import { errorMessage, Gate, HdError, throwIfAborted, unlessAborted } from '@unplugin-hd/core'
import { createEngine, type Engine } from '@unplugin-hd/engine'
import type { RgbImage } from '../image.ts'
import { WEIGHTS } from '../weights.ts'
import { averageViews } from './ensemble.ts'
import { toHdError } from './failure.ts'
import { type BuiltInName, MODELS } from './models.ts'

export interface BuiltInTask {
  model: BuiltInName
  /** Asked for when the image's turn is near. */
  pixels(): Promise<RgbImage>
  signal: AbortSignal
  /** The share that is done, 0 to 1. */
  onProgress(share: number): void
}

/**
 * The weights of this package on the engine, whose workers all images share. They start with the first image, and hold the
 * process only while they work.
 */
export class BuiltIn {
  readonly #threads: number
  readonly #memory: Gate
  #isStopped = false
  #engine: Promise<Engine> | undefined

  /** @param threads workers of the engine */
  constructor(threads: number) {
    this.#threads = threads
    // Images that hold pixels at once: one for each worker, and the next one, so that no worker waits for its decoding.
    this.#memory = new Gate(threads + 1)
  }

  /**
   * The image at twice its width and height; the same bytes whatever the number of threads.
   * @throws HdError `HD_RUNTIME`, `HD_MODEL`, or `HD_ABORTED` at once when the signal fires
   */
  upscale(task: BuiltInTask): Promise<RgbImage> {
    return unlessAborted(task.signal, () => this.#queue(task))
  }

  async #queue({ model, pixels, signal, onProgress }: BuiltInTask): Promise<RgbImage> {
    const leave = await this.#memory.enter(signal)
    try {
      throwIfAborted(signal)
      if (this.#isStopped) throw new HdError('HD_ABORTED', 'the upscaler was closed')
      // Before the pixels are there: reading the weights and decoding overlap.
      const opening = (this.#engine ??= this.#open())
      // Failures are forgotten, and reported below.
      opening.catch(() => this.#forget(opening))
      const image = await pixels()
      const engine = await opening
      throwIfAborted(signal)
      const double = (view: RgbImage, onShare: (share: number) => void) => engine.upscale(view, { signal, onProgress: onShare })
      return MODELS[model].views === 1 ? await double(image, onProgress) : await averageViews(image, double, onProgress)
    } catch (error) {
      throw toHdError(error, signal)
    } finally {
      leave()
    }
  }

  async #open(): Promise<Engine> {
    let weights: Uint8Array
    try {
      weights = await readFile(WEIGHTS)
    } catch (error) {
      const remedy = 'Reinstall @unplugin-hd/neural'
      throw new HdError('HD_MODEL', `the weights of the built-in model: ${errorMessage(error)}`, { remedy, cause: error })
    }
    return createEngine(weights, { threads: this.#threads })
  }

  #forget(engine: Promise<Engine>): void {
    if (this.#engine === engine) this.#engine = undefined
  }

  /** Fails the images at work with `HD_ABORTED`, and ends the workers. It is not used again. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const engine = await this.#engine?.catch(() => undefined)
    await engine?.close()
  }
}
