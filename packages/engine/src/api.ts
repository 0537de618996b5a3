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
  /** Workers that compute, 1 to 256. @default the cores at hand */
  threads?: number
}

export interface UpscaleOptions {
  /** Ends the work early: the promise rejects with `ENGINE_ABORTED`, whose `cause` is the signal's reason. */
  signal?: AbortSignal
  /** Told what share of the result is there, more than 0 and at most 1, ever more. What it throws fails the image. */
  onProgress?: (share: number) => void
}

/** A network that is ready to work. Its workers start with the first image and do not keep a process alive while they are idle. */
export interface Engine {
  readonly factor: 2
  /** Hexadecimal SHA-256 of the weights. */
  readonly digest: string
  /**
   * The image, twice as wide and high. The same bytes whatever the number of threads, the machine, and the other images at work.
   * `image.data` must not change until then.
   * Rejects with an `EngineError`: `ENGINE_INPUT` (no such image), `ENGINE_MEMORY`, `ENGINE_ABORTED`, or `ENGINE_WORKER` (its worker ended;
   * the next image gets a new one).
   */
  upscale(image: RgbImage, options?: UpscaleOptions): Promise<RgbImage>
  /** Ends the workers. Images at work, and all later ones, reject with `ENGINE_ABORTED`. */
  close(): Promise<void>
}
