import type { SourceFacts, VariantRequest } from '@unplugin-hd/core'

/*
 * What the inspector and the report show, as plain data: the page in the browser imports these types. Nothing of the options is in
 * it but names of upscalers.
 */

/**
 * `cached`: found as it is; `encoded`: made of a cached master; `made`: by an upscaler; `off`: the source itself at 1x; `missing`: not
 * made yet; `failed`: it could not be made.
 */
export type VariantState = 'cached' | 'encoded' | 'made' | 'off' | 'missing' | 'failed'

/** Of an image as a whole, and while it is worked on. */
export type ImageState = VariantState | 'waiting' | 'making'

/** One of the enlarged files of an image. */
export interface InspectedVariant extends Omit<VariantRequest, 'width'> {
  /** When the request asked for a width. */
  requestedWidth?: number
  state: VariantState
  /** In pixels; of a missing one, what it will have. */
  width: number
  height: number
  bytes?: number
  /** Of a missing one, the one that will be asked first. */
  upscaler?: string
  /** Of the work in this run. */
  ms?: number
  /** It was made by another upscaler than the first, or is the source. */
  fallback: boolean
  /** Why it failed. */
  error?: string
  /** Address of the file, in a dev server. */
  url?: string
}

/** Where an image is referenced. */
export interface Use {
  /** `src/App.tsx:3`, relative to the root; without the line where it is not known. */
  text: string
  /** As it is written: `./a.jpg?hd&as=img`. */
  reference: string
  /** Absolute path, in a dev server: for the editor. */
  file?: string
  /** From 1. */
  line?: number
}

export interface InspectedImage {
  /** Relative to the root, with `/`. No other image has it. */
  name: string
  state: ImageState
  /** How much of the work is done, from 0 to 1, where the upscaler says so. */
  fraction?: number
  /** `undefined` when the file cannot be read. */
  source?: SourceFacts
  variants: InspectedVariant[]
  uses: Use[]
  /** Why it failed, or why another upscaler was asked. */
  problems: string[]
  /** Calls of metered upscalers in this run. */
  metered: number
  /** Address of the source, in a dev server. */
  url?: string
}

export interface Totals {
  images: number
  /** Enlarged files. */
  variants: number
  /** Of them, found in the cache as they are. */
  hits: number
  /** Made by an upscaler or encoded from a cached master in this run, or not there. */
  misses: number
  failed: number
  /** Made by another upscaler than the first, or the source itself because of `onError`. */
  fallbacks: number
  meteredCalls: number
  /** Work in this run, in milliseconds. */
  ms: number
  /** Of the sources. */
  sourceBytes: number
  /** Of the enlarged files. */
  bytes: number
}

/** The content of `hd-report.json`. */
export interface Report {
  /** Of this file. */
  version: 1
  /** `unplugin-hd 0.1.0` */
  generator: string
  totals: Totals
  /** References that lead to no image, and wrong queries; of `hd report` only, because a build stops there. */
  problems: string[]
  images: InspectedImage[]
}
