import type { Source } from '../source/source.ts'

/** What the store keeps with the bytes of a master. */
export interface MasterFacts extends VariantFacts {
  /** `bytes` are a PNG of our own encoding, so that they are the PNG variant as well. */
  ownPng: boolean
}

/** What the store keeps with the bytes of a variant. `width` and `height` are those of its master. */
export interface VariantFacts {
  upscaler: string
  width: number
  height: number
  grey: boolean
  /** The upscaler was given a smaller image. */
  shrunk: boolean
  source: { width: number; height: number }
  /** For listing the store; entries of earlier versions have none. */
  image?: ImageOrigin
}

/** The image that an entry was made from. Not part of any key: the same image under another name has the same entry. */
export interface ImageOrigin {
  /** Relative to the root, with `/`; only the file name for files outside it. */
  name: string
  /** SHA-256 of the file. */
  digest: string
}

export function imageOrigin({ name, digest }: Source): ImageOrigin {
  // Paths of this machine are useless, and possibly private, on another.
  return { name: /^(?:\.\.\/|\/|[a-z]:)/i.test(name) ? name.slice(name.lastIndexOf('/') + 1) : name, digest }
}

/** The facts of an entry, or `undefined` when it is another kind of entry: a store may be shared, and hold anything. */
export function parseVariantFacts(meta: Readonly<Record<string, unknown>>): VariantFacts | undefined {
  const { upscaler, width, height, grey, shrunk } = meta
  const source = parseSize(meta['source'])
  if (typeof upscaler !== 'string' || !isSide(width) || !isSide(height) || !source) return undefined
  if (typeof grey !== 'boolean' || typeof shrunk !== 'boolean') return undefined
  const image = parseImage(meta['image'])
  return { upscaler, width, height, grey, shrunk, source, ...(image && { image }) }
}

/** The same for a master. */
export function parseMasterFacts(meta: Readonly<Record<string, unknown>>): MasterFacts | undefined {
  const facts = parseVariantFacts(meta)
  const { ownPng } = meta
  return facts && typeof ownPng === 'boolean' ? { ...facts, ownPng } : undefined
}

/** The facts of an entry, for lists. */
export interface EntryDescription {
  kind: 'master' | 'variant' | 'original'
  image?: ImageOrigin
  upscaler?: string
  /** In pixels. */
  width?: number
  height?: number
  factor?: number
  /** Of a lossy variant or original. */
  quality?: number
}

/** Missing or invalid facts are omitted. */
export function describeEntry(meta: Readonly<Record<string, unknown>>): EntryDescription {
  const image = parseImage(meta['image'])
  const quality = isSide(meta['quality']) ? meta['quality'] : undefined
  const common = { ...(image && { image }), ...(quality && { quality }) }
  const facts = parseVariantFacts(meta)
  if (!facts) {
    const size = parseSize(meta)
    return { kind: 'original', ...common, ...size }
  }
  const { upscaler, source, width, height } = facts
  const masterFactor = width / source.width
  if (parseMasterFacts(meta)) return { kind: 'master', ...common, upscaler, width, height, factor: masterFactor }
  // Its size is that of its master.
  const factor = isSide(meta['factor']) ? meta['factor'] : masterFactor
  const reducedTo = isSide(meta['reducedTo']) ? meta['reducedTo'] : factor * source.width
  const size = { width: reducedTo, height: Math.round((source.height * reducedTo) / source.width) }
  return { kind: 'variant', ...common, upscaler, ...size, factor }
}

function parseImage(value: unknown): ImageOrigin | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('digest' in value)) return undefined
  const { name, digest } = value
  return typeof name === 'string' && typeof digest === 'string' ? { name, digest } : undefined
}

/** A width and a height in pixels; `undefined` for anything else. */
export function parseSize(value: unknown): { width: number; height: number } | undefined {
  if (typeof value !== 'object' || value === null || !('width' in value) || !('height' in value)) return undefined
  const { width, height } = value
  return isSide(width) && isSide(height) ? { width, height } : undefined
}

function isSide(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}
