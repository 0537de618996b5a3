import { describeEntry, parseMasterFacts, parseSize, parseVariantFacts } from './facts.ts'
import { sizeOf, type Size, type TargetSize } from './size.ts'
import { readImageHeader } from '../image/image-header.ts'
import type { OutputFormat, SourceFormat } from '../request/format.ts'
import type { Source } from '../source/source.ts'
import type { EntryCheck, StoreEntry } from '../store/store.ts'
import { levelOf } from '../upscaler/passes.ts'

interface Order {
  source: Source
  upscaler: { name: string }
  passes: readonly number[]
}

interface Encoding {
  format: OutputFormat
  quality: number | undefined
}

export function checkMaster({ source, upscaler, passes }: Order): EntryCheck {
  return (entry) =>
    problemOf(entry, source, async (own) => {
      const facts = parseMasterFacts(entry.meta)
      const level = levelOf(passes)
      const size = sizeAt(level, own)
      if (!facts || facts.upscaler !== upscaler.name || !isSize(facts, size) || !isSize(facts.source, own)) return OTHER
      return imageProblem(entry, size, facts.ownPng ? ['png'] : ['jpeg', 'webp'])
    })
}

export function checkVariant({ source, upscaler, passes }: Order, size: TargetSize, encoding: Encoding): EntryCheck {
  return (entry) =>
    problemOf(entry, source, async (own) => {
      const { meta } = entry
      const facts = parseVariantFacts(meta)
      const isAsked = meta['factor'] === size.factor && meta['reducedTo'] === size.width && meta['quality'] === encoding.quality
      if (!facts || !isAsked || facts.upscaler !== upscaler.name) return OTHER
      if (!isSize(facts, sizeAt(levelOf(passes), own)) || !isSize(facts.source, own)) return OTHER
      return imageProblem(entry, sizeOf(size, own), [encoding.format])
    })
}

/** @param width the image was reduced to; `undefined`: its own */
export function checkOriginal(source: Source, width: number | undefined, { format, quality }: Encoding): EntryCheck {
  return (entry) =>
    problemOf(entry, source, async (own) => {
      const size = width === undefined ? own : sizeOf({ factor: 2, width }, own)
      const stated = parseSize(entry.meta['source'])
      if (entry.meta['quality'] !== quality || !stated || !isSize(stated, own)) return OTHER
      return imageProblem(entry, size, [format])
    })
}

/** The most bytes and pixels per side that the tiny preview of a source may have. */
const PLACEHOLDER = { bytes: 1024, side: 64 }

export function checkPlaceholder(source: Source): EntryCheck {
  return (entry) =>
    problemOf(entry, source, async () => {
      const header = entry.bytes.length <= PLACEHOLDER.bytes ? await readImageHeader(entry.bytes) : undefined
      const isTiny = header && header.format === 'webp' && Math.max(header.width, header.height) <= PLACEHOLDER.side
      return isTiny ? undefined : 'is not a tiny WebP image'
    })
}

const OTHER = 'was made of another image or in another way'

/**
 * For entries from stores that are not trusted: what the entry says of itself, and what the header of its image says, must be what
 * the job would have made of this source. Without it, an intact entry of another image would be believed.
 */
async function problemOf(
  entry: StoreEntry,
  source: Source,
  check: (own: Size) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (describeEntry(entry.meta).image?.digest !== source.digest) return OTHER
  // The size that an entry states is believed only if the source has it. Too large ones are refused when they are made.
  const own = await readImageHeader(source.bytes)
  return own ? check(own) : 'cannot be compared with its source'
}

async function imageProblem({ bytes }: StoreEntry, size: Size, formats: readonly SourceFormat[]): Promise<string | undefined> {
  const header = await readImageHeader(bytes)
  if (!header) return 'holds no image'
  if (!formats.includes(header.format)) return `holds ${header.format.toUpperCase()} instead of ${formats.join(' or ')}`
  if (isSize(header, size)) return undefined
  return `holds an image of ${header.width}x${header.height} instead of ${size.width}x${size.height}`
}

function sizeAt(level: number, { width, height }: Size): Size {
  return { width: level * width, height: level * height }
}

function isSize(actual: Size, expected: Size): boolean {
  return actual.width === expected.width && actual.height === expected.height
}
