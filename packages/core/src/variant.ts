import type { Cache } from './cache.ts'
import { encode, refuseSize, refuseTransparency } from './encode.ts'
import { shareWork } from './flight.ts'
import { FORMAT_FACTS, type OutputFormat } from './format.ts'
import { masterKey, originalKey, variantKey } from './key.ts'
import { findMaster, type Master, type MasterFacts } from './master.ts'
import { decodeSource } from './pixels.ts'
import type { Header, Source } from './source.ts'
import type { Turn } from './turn.ts'
import type { Upscaler } from './upscaler.ts'

/** How a variant is to be encoded. */
export interface Encoding {
  format: OutputFormat
  /** `undefined` for a format that has none. */
  quality: number | undefined
}

/** A master encoded: what is emitted, byte for byte. */
export interface Variant {
  key: string
  bytes: Uint8Array
  facts: VariantFacts
}

/** Kept in the store beside the bytes. */
export type VariantFacts = Omit<MasterFacts, 'ownPng'>

/** The encoding of these settings, in the form that keys hold: no quality where there is none. */
export function toEncoding(format: OutputFormat, quality: number): Encoding {
  return { format, quality: FORMAT_FACTS[format].lossy ? quality : undefined }
}

/** The variant by this upscaler, when the cache has it. */
export async function findVariant(
  source: Source,
  upscaler: Upscaler,
  { format, quality }: Encoding,
  cache: Cache,
): Promise<Variant | undefined> {
  const key = variantKey(masterKey(source.digest, upscaler), format, quality)
  const entry = await cache.get(key)
  if (entry) return { key, bytes: entry.bytes, facts: entry.meta as unknown as VariantFacts }
  // A master is large, so it is read only where it may be the variant itself.
  const master = format === 'png' ? await findMaster(source, upscaler, cache) : undefined
  return master && isVariant(master, format) ? master : undefined
}

/**
 * Refuses what could be upscaled but not encoded, before it costs anything.
 * @throws HdError `HD_ENCODE`, `HD_QUERY`
 */
export async function refuseUnencodable(source: Source, header: Header, { format }: Encoding, turn: Turn): Promise<void> {
  refuseSize(2 * header.width, 2 * header.height, format)
  // Whether an alpha channel hides anything is known only by its pixels.
  if (!header.alpha || FORMAT_FACTS[format].alpha) return
  await turn.enter()
  refuseTransparency(await decodeSource(source, header), format)
}

/** The variant of a master: encoded now and kept, or found, when somebody else was faster. */
export async function encodeVariant(
  master: Master,
  { format, quality }: Encoding,
  { cache, signal }: { cache: Cache; signal: AbortSignal },
  turn: Turn,
): Promise<Variant> {
  if (isVariant(master, format)) return master
  const key = variantKey(master.key, format, quality)
  const { result } = await shareWork(`${cache.dir}\0${key}`, turn, signal, async () => {
    const entry = await cache.get(key)
    if (entry) return { key, bytes: entry.bytes, facts: entry.meta as unknown as VariantFacts }
    await turn.enter()
    const bytes = await encode(await master.picture(), format, quality ?? 100)
    const { ownPng: _, ...facts } = master.facts
    await cache.put(key, { meta: facts, bytes })
    return { key, bytes, facts }
  })
  return result
}

/** Our own PNG of a master is the PNG variant already: one file serves for both. */
function isVariant(master: Master, format: OutputFormat): boolean {
  return format === 'png' && master.facts.ownPng
}

/** A source encoded otherwise at its own size, when the cache has it. */
export async function findOriginal(source: Source, encoding: Encoding, cache: Cache): Promise<Original | undefined> {
  const key = originalKey(source.digest, encoding.format, encoding.quality)
  const entry = await cache.get(key)
  return entry && { key, bytes: entry.bytes }
}

export type Original = Pick<Variant, 'key' | 'bytes'>

/** A source encoded otherwise at its own size, now and kept. */
export async function encodeOriginal(
  source: Source,
  header: Header,
  { format, quality }: Encoding,
  { cache, signal }: { cache: Cache; signal: AbortSignal },
  turn: Turn,
): Promise<Original> {
  const key = originalKey(source.digest, format, quality)
  const { result } = await shareWork(`${cache.dir}\0${key}`, turn, signal, async () => {
    await turn.enter()
    const bytes = await encode(await decodeSource(source, header), format, quality ?? 100)
    await cache.put(key, { meta: {}, bytes })
    return { key, bytes }
  })
  return result
}
