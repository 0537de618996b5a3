import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { errorMessage, HdError, isHdError } from '../errors.ts'
import type { SourceFormat } from '../request/format.ts'
import { readWhole } from './read-file.ts'
import { fromFile } from '../sharp.ts'
import { animated, sniffFormat } from './signature.ts'

/** An image file: bytes, digest, and format by its signature. Nothing is decoded. */
export interface Source {
  /** The name in messages and reports: relative to the root if inside. */
  name: string
  bytes: Uint8Array
  /** SHA-256 of `bytes`, 64 hexadecimal digits. */
  digest: string
  format: SourceFormat
}

/** Facts from the header of a source. */
export interface Header {
  /** Upright size in pixels, EXIF orientation applied. */
  width: number
  height: number
  alpha: boolean
  grey: boolean
  /** The file is upright 8-bit sRGB or grey without a profile, so it can be passed on as it is. */
  plain: boolean
}

/** The most bytes that a source may have. */
export const MAX_SOURCE_BYTES: number = 256 * 1024 * 1024

/** Editors truncate a file before they write it, and a watcher may read in between: an empty file is read again after this time. */
const WRITTEN_MS = 100

/**
 * Reads an image file.
 * @param file absolute path
 * @param name the display name for errors
 * @throws HdError `HD_SOURCE_MISSING`, `HD_SOURCE_TOO_LARGE`, and what {@link sniffFormat} refuses
 */
export async function readSource(file: string, name: string): Promise<Source> {
  let bytes = await readBounded(file, name)
  if (bytes.length === 0) {
    await setTimeout(WRITTEN_MS)
    bytes = await readBounded(file, name)
  }
  return toSource(bytes, name)
}

/** The image of a file that was read elsewhere. @throws HdError what {@link sniffFormat} refuses */
export function toSource(bytes: Uint8Array, name: string): Source {
  return { name, bytes, digest: hash('sha256', bytes), format: sniffFormat(bytes, name) }
}

async function readBounded(file: string, name: string): Promise<Uint8Array> {
  try {
    const { bytes } = await readWhole(file, (facts) => {
      if (!facts.isFile()) {
        throw new HdError('HD_SOURCE_MISSING', 'expected a file, but this is a folder or a device', { file: name })
      }
      if (facts.size > MAX_SOURCE_BYTES) {
        throw new HdError('HD_SOURCE_TOO_LARGE', `the file has ${facts.size} bytes, at most ${MAX_SOURCE_BYTES} are read`, {
          file: name,
        })
      }
    })
    return bytes
  } catch (cause) {
    if (isHdError(cause)) throw cause
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new HdError(
      'HD_SOURCE_MISSING',
      missing ? 'the file does not exist' : `the file cannot be read: ${errorMessage(cause)}`,
      {
        file: name,
        cause,
        remedy: missing ? 'Check the path; upper and lower case matter' : undefined,
      },
    )
  }
}

/**
 * Reads the header of a source and refuses what cannot be enlarged.
 * @param maxPixels the most pixels of the largest image on the way to the result
 * @param level the factor of that image
 * @throws HdError `HD_SOURCE_BROKEN`, `HD_SOURCE_ANIMATED`, `HD_SOURCE_TOO_LARGE`
 */
export async function readHeader(source: Source, maxPixels: number, level: number): Promise<Header> {
  const file = source.name
  const facts = await (await fromFile(source.bytes)).metadata().catch((cause: unknown) => {
    throw brokenSource(source, cause)
  })
  const pages = facts.pages ?? 1
  if (pages > 1)
    throw animated(file, `a ${source.format.toUpperCase()} with ${pages} ${source.format === 'tiff' ? 'pages' : 'frames'}`)
  const { width, height } = facts.autoOrient
  if (!(width > 0 && height > 0)) throw brokenSource(source, 'its header states no size')
  const pixels = level * level * width * height
  if (pixels > maxPixels) {
    throw new HdError(
      'HD_SOURCE_TOO_LARGE',
      `the source is ${width}x${height}, so its ${level}x would have ${pixels} pixels, but 'maxPixels' is ${maxPixels}`,
      { file, remedy: `Use a smaller source, or raise 'maxPixels'` },
    )
  }
  const grey = facts.space === 'b-w' || facts.space === 'grey16'
  return {
    width,
    height,
    alpha: facts.hasAlpha,
    grey,
    plain: (facts.orientation ?? 1) === 1 && facts.depth === 'uchar' && !facts.hasProfile && (grey || facts.space === 'srgb'),
  }
}

/** The error for a file whose header or pixels cannot be decoded. */
export function brokenSource(source: Source, cause: unknown): HdError {
  return new HdError('HD_SOURCE_BROKEN', `the ${source.format.toUpperCase()} is damaged or truncated: ${firstLine(cause)}`, {
    file: source.name,
    cause,
    remedy: 'Restore or re-export the image',
  })
}

/** libvips reports one line per unreadable scan line; the first is enough. */
function firstLine(cause: unknown): string {
  const [line] = errorMessage(cause).split('; ', 1) as [string]
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}
