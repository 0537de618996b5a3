import type { SourceFacts } from '../events.ts'
import type { Factor } from '../request/factor.ts'
import { fileFacts, type OutputFormat, type SourceFormat } from '../request/format.ts'
import type { Header, Source } from '../source/source.ts'
import { sizeOf, type TargetSize } from './size.ts'
import type { Encoding, Variant } from './variant.ts'

/** A file to be emitted. */
export interface Asset {
  /** 64 hexadecimal digits; equal keys mean equal bytes. */
  key: string
  bytes: Uint8Array
  format: OutputFormat | SourceFormat
  /** File extension without the dot. */
  extension: string
  mime: string
}

/** The asset of a `?hd` import. */
export interface HdAsset extends Asset {
  /** In pixels: exactly `factor` times those of the source, or as the request's `width` says. */
  width: number
  height: number
  /** 1 when it was not enlarged (`mode: 'off'`, `onError: 'source'`, a small `width`), and must not get a 2x descriptor. */
  factor: 1 | Factor
  /** The file of the source, unchanged. */
  isSource: boolean
  /** A better result may follow: it was not made by the first upscaler of the chain. */
  provisional: boolean
  /** Name of the upscaler; `undefined` when `factor` is 1. */
  upscaler: string | undefined
  source: SourceFacts
}

/** The asset of a variant. */
export function toAsset(
  { key, bytes, facts }: Variant,
  size: TargetSize,
  { format }: Encoding,
  source: Source,
  provisional: boolean,
): HdAsset {
  return {
    key,
    bytes,
    format,
    ...fileFacts(format),
    ...sizeOf(size, facts.source),
    factor: size.factor,
    isSource: false,
    provisional,
    upscaler: facts.upscaler,
    source: { ...facts.source, format: source.format, bytes: source.bytes.length },
  }
}

/** The source itself instead of the requested image. */
export function sourceAsset(source: Source, { width, height }: Header, provisional: boolean): HdAsset {
  const facts = { width, height, format: source.format, bytes: source.bytes.length }
  return { ...originalAsset(source), width, height, factor: 1, isSource: true, provisional, upscaler: undefined, source: facts }
}

/** The source itself at 1x. */
export function originalAsset({ digest, bytes, format }: Source): Asset {
  return { key: digest, bytes, format, ...fileFacts(format) }
}
