/** The formats that a variant can be encoded in. */
export const OUTPUT_FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** The formats that a source can have; GIF and TIFF only with a single frame or page. */
export const SOURCE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const
export type SourceFormat = (typeof SOURCE_FORMATS)[number]

export interface FormatFacts {
  /** File extension without the dot. */
  extension: string
  mime: string
  /** The most pixels along one side that the format (or its encoder) can hold. */
  maxSide: number
  /** Can hold an alpha channel. */
  alpha: boolean
  /** Lossy, so it has a quality setting. */
  lossy: boolean
}

/**
 * Side limits: JPEG 16-bit fields (ITU-T T.81, B.2.2; libjpeg stops at 65,500), PNG 31-bit fields but libpng's default user
 * limit of one million, WebP 14-bit fields (RFC 9649), AVIF 16,384 in libvips' encoder.
 */
export const FORMAT_FACTS: Readonly<Record<OutputFormat, FormatFacts>> = {
  jpeg: { extension: 'jpg', mime: 'image/jpeg', maxSide: 65_500, alpha: false, lossy: true },
  png: { extension: 'png', mime: 'image/png', maxSide: 1_000_000, alpha: true, lossy: false },
  webp: { extension: 'webp', mime: 'image/webp', maxSide: 16_383, alpha: true, lossy: true },
  avif: { extension: 'avif', mime: 'image/avif', maxSide: 16_384, alpha: true, lossy: true },
}

/** The media type of files with this extension (without the dot). */
export function mimeOf(extension: string): string {
  return Object.values(FORMAT_FACTS).find((facts) => facts.extension === extension)?.mime ?? `image/${extension}`
}

/** The default format of variants: that of the source if browsers support it, otherwise PNG. */
export function defaultFormat(source: SourceFormat): OutputFormat {
  return isOutputFormat(source) ? source : 'png'
}

export function isOutputFormat(value: string): value is OutputFormat {
  return (OUTPUT_FORMATS as readonly string[]).includes(value)
}

/** A format name in user input, where `jpg` is an alias of `jpeg`. */
export type NamedFormat<Format extends string> = Format | ('jpeg' extends Format ? 'jpg' : never)

/** Resolves the alias `jpg`. Everything past the edge uses the canonical name. */
export function canonicalFormat<Format extends string>(name: NamedFormat<Format>): Format {
  return (name === 'jpg' ? 'jpeg' : name) as Format
}

/** File extension and media type of a format. */
export function fileFacts(format: OutputFormat | SourceFormat): { extension: string; mime: string } {
  const extension = isOutputFormat(format) ? FORMAT_FACTS[format].extension : format
  return { extension, mime: mimeOf(extension) }
}
