import { canonicalFormat, type NamedFormat } from '../request/format.ts'

/** Pixels as an upscaler sees and returns them: upright 8-bit sRGB, `data[3 * (y * width + x) + channel]`. */
export interface Pixels {
  /** In pixels, at least 1. */
  width: number
  /** In pixels, at least 1. */
  height: number
  /** `3 * width * height` bytes: red, green, blue, row by row from the top left. */
  data: Uint8Array
}

export type UploadFormat = 'jpeg' | 'png' | 'webp'

/** What an upscaler takes. Core converts, and shrinks where it must; what is left out has no limit. */
export interface UpscalerAccepts {
  /** File formats that {@link UpscaleInput.encoded} may return, best first; `jpg` is `jpeg`, which it returns. @default ['png'] */
  formats?: readonly NamedFormat<UploadFormat>[]
  /** The most bytes that {@link UpscaleInput.encoded} may return. */
  maxBytes?: number
  /** The most pixels (width times height) of an image. */
  maxPixels?: number
}

/** The image to double. It never has transparency: core takes the alpha channel apart and puts it back. */
export interface UpscaleInput {
  /** Width in pixels of both `pixels()` and `encoded()`: the source's, upright, or less where it had to be shrunk. */
  readonly width: number
  readonly height: number
  /** The file as the user named it, for messages. */
  readonly file: string
  /** SHA-256 of the source file, 64 hexadecimal digits. */
  readonly digest: string
  /** RGB, 8 bit, row by row. The buffer is the upscaler's own: it may be changed or transferred. */
  pixels(): Promise<Pixels>
  /** A file that satisfies `accepts`: the source's own bytes when they already do. */
  encoded(): Promise<{ data: Uint8Array; format: UploadFormat }>
}

/** A small key-value memory of one upscaler, kept on disk beside the cache: not for images, not for secrets. */
export interface Memo {
  /** The value, or `undefined` when there is none, or it is damaged. */
  get(key: string): Promise<string | undefined>
  /** Keeps `value` (at most 64 KiB) until it is replaced. It is on disk when the promise resolves. */
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
  /** How many times as wide and high as the image the result has to be: one of the upscaler's `factors`. */
  readonly factor: number
}

/** How an upscaler is, as `hd doctor` reports it. Never holds a secret. */
export interface UpscalerCheck {
  /** Images can be doubled. */
  ok: boolean
  /** What there is to know, by a label of one or two words: `{ 'calls left today': 87 }`. */
  facts: Readonly<Record<string, string | number>>
  /** Where it is not ok: what is wrong and what to do about it. */
  advice?: string
}

/** Something that doubles an image. Ten lines are enough: core verifies what comes back. */
export interface Upscaler {
  /** Short, stable, lower case; goes into cache keys and reports: `'neural'`. */
  readonly name: string
  /** Changes whenever the pixels for the same input may change (weights digest, algorithm version). Part of the cache key. */
  readonly version: string
  readonly accepts?: UpscalerAccepts
  /**
   * By how much it can enlarge, whole numbers from 2 to 8. Other factors are reached by several passes, and by reducing what is
   * too large. @default [2]
   */
  readonly factors?: readonly number[]
  /** Costs money or quota: dev servers do not call it unless they are told to, and the report counts its calls. @default false */
  readonly metered?: boolean
  /**
   * Enlarges the image: resolves to pixels, or to an image file (PNG, JPEG, WebP …), exactly `context.factor` times (twice, unless
   * `factors` says more) as wide and high as `image`. May be called for several images at once.
   */
  upscale(image: UpscaleInput, context: UpscaleContext): Promise<Pixels | Uint8Array>
  /** Looks whether it would work, without doubling anything and without cost. Problems are in what it resolves to. */
  check?(context: { readonly signal: AbortSignal }): Promise<UpscalerCheck>
  /** Frees what the upscaler holds (threads, sockets). Called at the end of a build; a later `upscale` starts anew. */
  close?(): Promise<void>
}

/** The formats that an upscaler takes, each by its one name, in its order; none when it does not say. */
export function formatsOf({ formats = [] }: UpscalerAccepts): UploadFormat[] {
  return [...new Set(formats.map((format) => canonicalFormat<UploadFormat>(format)))]
}
