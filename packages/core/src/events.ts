/** How a 2x came to be: found as it is, encoded from a found master, or upscaled now; `off`: it is the source itself. */
export type CacheState = 'hit' | 'encoded' | 'made' | 'off'

/**
 * What happens to images, for progress and reports. `name` is the source as messages call it. Each `queued` (there is work
 * to do) is followed by a `settled`, whatever came of it; `done` or `failed` ends every request, also one without work.
 */
export type HdEvent =
  | { type: 'queued'; name: string }
  | { type: 'start'; name: string; width: number; height: number }
  | { type: 'progress'; name: string; fraction: number }
  | { type: 'upscaled'; name: string; upscaler: string; metered: boolean }
  | { type: 'settled'; name: string }
  | { type: 'done'; name: string; image: DoneImage }
  | { type: 'failed'; name: string }
  | { type: 'warning'; name: string; message: string }

export interface DoneImage {
  cache: CacheState
  /** From the reading of the source to the bytes of the 2x, less the time that it waited for its turn. */
  ms: number
  width: number
  height: number
  /** Of the 2x. */
  bytes: number
  format: string
  upscaler: string | undefined
  source: SourceFacts
}

/** What reports, and imports with `as=meta`, say of a source. */
export interface SourceFacts {
  /** Upright size in pixels. */
  width: number
  height: number
  format: string
  bytes: number
}
