import { canonicalFormat, type NamedFormat } from '../request/format.ts'

/** Pixels as an upscaler receives and returns them: upright 8-bit sRGB, `data[3 * (y * width + x) + channel]`. */
export interface Pixels {
  /** In pixels, at least 1. */
  width: number
  /** In pixels, at least 1. */
  height: number
  /** `3 * width * height` bytes: red, green, blue, row by row from the top left. */
  data: Uint8Array
}

export type UploadFormat = 'jpeg' | 'png' | 'webp'

/** The limits of an upscaler. Core converts and shrinks images to fit; an absent limit means none. */
export interface UpscalerAccepts {
  /** File formats that {@link UpscaleInput.encoded} may return, best first; `jpg` is `jpeg`, which it returns. @default ['png'] */
  formats?: readonly NamedFormat<UploadFormat>[]
  /** The most bytes that {@link UpscaleInput.encoded} may return. */
  maxBytes?: number
  /** The most pixels (width times height) of an image. */
  maxPixels?: number
}

/** The image to enlarge. It is always opaque: core handles the alpha channel separately. */
export interface UpscaleInput {
  /** Width in pixels of both `pixels()` and `encoded()`: that of the upright source, or less if it was shrunk to fit `accepts`. */
  readonly width: number
  readonly height: number
  /** The file as the user named it, for messages. */
  readonly file: string
  /** SHA-256 of the source file, 64 hexadecimal digits. */
  readonly digest: string
  /** RGB, 8 bit, row by row. The buffer may be changed or transferred. */
  pixels(): Promise<Pixels>
  /** A file that satisfies `accepts`: the source's own bytes if possible. */
  encoded(): Promise<{ data: Uint8Array; format: UploadFormat }>
}

/** A small key-value store for one upscaler, kept with the cache. Not for images or secrets. */
export interface Memo {
  /** The value; `undefined` when it is absent or damaged. */
  get(key: string): Promise<string | undefined>
  /** Stores `value` (at most 64 KiB). It is persisted when the promise resolves. */
  set(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
}

export interface UpscaleContext {
  /** Aborts when the build is cancelled. */
  readonly signal: AbortSignal
  readonly log: Logger
  readonly memo: Memo
  /** Reports how much is done. @param fraction from 0 to 1 */
  onProgress(fraction: number): void
  /** The required scale of the result: one of the upscaler's `factors`. */
  readonly factor: number
}

/** The state of an upscaler for `hd doctor`. Must not contain secrets. */
export interface UpscalerCheck {
  /** The upscaler is ready. */
  ok: boolean
  /** Facts by short labels: `{ 'calls left today': 87 }`. */
  facts: Readonly<Record<string, string | number>>
  /** If not ok: what is wrong and how to fix it. */
  advice?: string
}

/** Enlarges images. Ten lines are enough: core verifies every result. */
export interface Upscaler {
  /** Short, stable, lower case: `'neural'`. Part of cache keys and reports. */
  readonly name: string
  /** Changes whenever the pixels for the same input may change (weights digest, algorithm version). Part of the cache key. */
  readonly version: string
  readonly accepts?: UpscalerAccepts
  /**
   * The factors it can enlarge by, integers from 2 to 8. Core reaches other factors with several passes and by reducing. @default [2]
   */
  readonly factors?: readonly number[]
  /** Costs money or quota: dev servers do not call it by default, and reports count its calls. @default false */
  readonly metered?: boolean
  /**
   * Enlarges an image. Resolves to pixels or to an image file (PNG, JPEG, WebP …) of exactly `context.factor` times the width and
   * height of `image`. May be called for several images at once.
   */
  upscale(image: UpscaleInput, context: UpscaleContext): Promise<Pixels | Uint8Array>
  /** Checks that the upscaler is ready, without enlarging anything and at no cost. Problems are part of the result. */
  check?(context: { readonly signal: AbortSignal }): Promise<UpscalerCheck>
  /** Releases resources (threads, sockets). Called at the end of a build; `upscale` may be called again later. */
  close?(): Promise<void>
}

/** The accepted formats by their canonical names, in order. */
export function formatsOf({ formats = [] }: UpscalerAccepts): UploadFormat[] {
  return [...new Set(formats.map((format) => canonicalFormat<UploadFormat>(format)))]
}
