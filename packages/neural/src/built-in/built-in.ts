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
  /** Called shortly before the image is processed. */
  pixels(): Promise<RgbImage>
  signal: AbortSignal
  /** @param share done so far, 0 to 1 */
  onProgress(share: number): void
}

/**
 * Runs the weights of this package on the engine. All images share its workers, which start with the first image and keep the
 * process alive only while they work.
 */
export class BuiltIn {
  readonly #threads: number
  readonly #memory: Gate
  #isStopped = false
  #engine: Promise<Engine> | undefined

  /** @param threads workers of the engine */
  constructor(threads: number) {
    this.#threads = threads
    // How many images hold pixels at once: one per worker, plus the next one, so that no worker waits for decoding.
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
      // Started before the pixels are requested, so that reading the weights overlaps with decoding.
      const opening = (this.#engine ??= this.#open())
      // A failed start is reported below; the next image tries again.
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

  /** Rejects the images in progress with `HD_ABORTED` and ends the workers. The instance cannot be used afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const engine = await this.#engine?.catch(() => undefined)
    await engine?.close()
  }
}
