/** Pixels, three bytes each (red, green, blue), rows from top to bottom without gaps. */
export interface RgbImage {
  /** In pixels, at least 1. */
  width: number
  /** In pixels, at least 1. */
  height: number
  /** `3 * width * height` bytes. */
  data: Uint8Array
}

export interface EngineOptions {
  /** The number of workers, 1 to 256. @default the number of available cores */
  threads?: number
}

export interface UpscaleOptions {
  /** Aborts the work: the promise rejects with `ENGINE_ABORTED`, whose `cause` is the signal's reason. */
  signal?: AbortSignal
  /** Called with the share of the result that is done, rising to 1. An error that it throws rejects the image. */
  onProgress?: (share: number) => void
}

/** A network with its workers. They start with the first image and do not keep the process alive while idle. */
export interface Engine {
  readonly factor: 2
  /** Hexadecimal SHA-256 of the weights. */
  readonly digest: string
  /**
   * Doubles width and height. The bytes do not depend on the number of threads, the machine, or other images in progress. `image.data`
   * must not change until the promise settles.
   * Rejects with an `EngineError`: `ENGINE_INPUT` (invalid image), `ENGINE_MEMORY`, `ENGINE_ABORTED`, `ENGINE_START` (no WebAssembly
   * with SIMD, or no memory for the weights), or `ENGINE_WORKER` (its worker ended; the next image gets a new one).
   */
  upscale(image: RgbImage, options?: UpscaleOptions): Promise<RgbImage>
  /** Ends the workers. Images in progress and later ones reject with `ENGINE_ABORTED`. */
  close(): Promise<void>
}
