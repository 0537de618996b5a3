import type { Factor } from './request/factor.ts'
import type { OutputFormat } from './request/format.ts'

/** Where an image came from: the cache, a cached master that was encoded again, or an upscaler. `off`: the source itself. */
export type CacheState = 'hit' | 'encoded' | 'made' | 'off'

/**
 * Events for progress and reports. `name` is the display name of the source. Each `queued` (there is work to do) is followed by
 * `settled`, whatever the outcome. `done` or `failed` ends every request, with or without work.
 */
export type HdEvent =
  | { type: 'queued'; name: string }
  | { type: 'start'; name: string; width: number; height: number }
  | { type: 'progress'; name: string; fraction: number }
  | { type: 'upscaled'; name: string; upscaler: string; metered: boolean }
  | { type: 'settled'; name: string }
  | { type: 'done'; name: string; variant: VariantRequest; image: DoneImage }
  | { type: 'failed'; name: string; variant: VariantRequest; error: unknown }
  | { type: 'warning'; name: string; message: string }

/** Which of the images that can be made of a source. */
export interface VariantRequest {
  factor: Factor
  /** In pixels, when the request asked for one. */
  width?: number | undefined
  format: OutputFormat
  /** Of a lossy format. */
  quality: number | undefined
}

export interface DoneImage {
  cache: CacheState
  /** Milliseconds from the request to the encoded bytes, without the time spent waiting for a free slot. */
  ms: number
  width: number
  height: number
  /** Of the enlarged image. */
  bytes: number
  format: string
  upscaler: string | undefined
  /** It was not made by the first upscaler of the chain. */
  provisional: boolean
  source: SourceFacts
}

/** Facts about a source, for reports and for `as=meta`. */
export interface SourceFacts {
  /** Upright size in pixels. */
  width: number
  height: number
  format: string
  bytes: number
}
