import path from 'node:path'
import { HdError, isFactor, isKey, isOutputFormat, type Factor, type OutputFormat, type Source } from '@unplugin-hd/core'

/** One image that is made of a master. */
export interface WantedImage {
  factor: Factor
  /** Reduced to this width, in pixels. */
  width?: number | undefined
  format: OutputFormat
  /** 1 to 100; missing for a format that has none. */
  quality?: number | undefined
}

/** What a job orders: one master, and the images that are made of it. Its id is the key of the master. */
export interface JobData {
  /** SHA-256 of the source, which is in the remote cache. */
  digest: string
  /** For messages and lists; no file is opened by it. */
  name: string
  images: WantedImage[]
}

const MAX_IMAGES = 256
const MAX_NAME = 500
const MAX_WIDTH = 1_000_000

/** A relative path without `..`, on any system. */
const NAME_RE = /^(?![/\\]|[a-z]:)(?!(?:.*[/\\])?\.\.(?:[/\\]|$))\P{Cc}+$/iu

/** The name of a source for other machines: relative to the project, or only its last part. */
export function nameOf({ name }: Pick<Source, 'name'>): string {
  if (name.length <= MAX_NAME && NAME_RE.test(name)) return name
  const last = path.win32.basename(name).slice(-MAX_NAME)
  return NAME_RE.test(last) ? last : 'image'
}

/** Whoever reaches the queue may write anything there. @throws HdError `HD_QUEUE` for what is not a job of ours */
export function parseJobData(id: string | undefined, value: unknown): JobData {
  if (id === undefined || !isKey(id)) throw refused('its id is not a key')
  const { digest, name, images } = fields(value)
  if (typeof digest !== 'string' || !isKey(digest)) throw refused("'digest' is not a SHA-256 digest")
  if (typeof name !== 'string' || name.length > MAX_NAME || !NAME_RE.test(name)) throw refused("'name' is not a relative name")
  if (!Array.isArray(images) || images.length === 0 || images.length > MAX_IMAGES)
    throw refused(`'images' is not a list of 1 to ${MAX_IMAGES}`)
  return { digest, name, images: images.map(parseImage) }
}

function parseImage(value: unknown): WantedImage {
  const { factor, width, format, quality } = fields(value)
  if (!isFactor(factor)) throw refused("'factor' is not allowed")
  if (typeof format !== 'string' || !isOutputFormat(format)) throw refused("'format' is not allowed")
  if (width !== undefined && !isWhole(width, MAX_WIDTH)) throw refused("'width' is not allowed")
  if (quality !== undefined && !isWhole(quality, 100)) throw refused("'quality' is not allowed")
  return { factor, format, ...(width !== undefined && { width }), ...(quality !== undefined && { quality }) }
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max
}

/** @param problem in words that do not repeat what the job said @param name of the job, if that may be shown */
export function refused(problem: string, name?: string): HdError {
  return new HdError('HD_QUEUE', `a job was refused: ${problem}`, { file: name })
}
