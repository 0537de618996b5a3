import type { Cache } from '../store/cache.ts'
import { encode, refuseSize, refuseTransparency } from '../image/encode.ts'
import { shareWork } from '../schedule/flight.ts'
import { FORMAT_FACTS, type OutputFormat } from '../request/format.ts'
import { originalKey, variantKey } from './key.ts'
import { findMaster, keyOfMaster, type Master, type MasterFacts, type MasterOrder } from './master.ts'
import { decodeSource } from '../image/pixels.ts'
import { reduce } from '../image/reduce.ts'
import type { Header, Source } from '../source/source.ts'
import type { Turn } from '../schedule/turn.ts'

/** How a variant is to be encoded. */
export interface Encoding {
  readonly format: OutputFormat
  /** `undefined` for a format that has none. */
  readonly quality: number | undefined
}

/** A master at the factor that was asked for, encoded: what is emitted, byte for byte. */
export interface Variant {
  key: string
  bytes: Uint8Array
  facts: VariantFacts
}

/** Kept in the store beside the bytes. `width` and `height` are those of the master. */
export type VariantFacts = Omit<MasterFacts, 'ownPng'>

/** The encoding of these settings, in the form that keys hold: no quality where there is none. */
export function toEncoding(format: OutputFormat, quality: number): Encoding {
  return { format, quality: FORMAT_FACTS[format].lossy ? quality : undefined }
}

/** The variant of a master, when the cache has it. */
export async function findVariant(
  order: MasterOrder,
  factor: number,
  { format, quality }: Encoding,
  cache: Cache,
): Promise<Variant | undefined> {
  const key = variantKey(keyOfMaster(order), factor, format, quality)
  const entry = await cache.get(key)
  if (entry) return { key, bytes: entry.bytes, facts: entry.meta as unknown as VariantFacts }
  // A master is large, so it is read only where it may be the variant itself.
  const master = format === 'png' ? await findMaster(order, cache) : undefined
  return master && isVariant(master, factor, format) ? master : undefined
}

/**
 * Refuses what could be upscaled but not encoded, before it costs anything.
 * @throws HdError `HD_ENCODE`, `HD_QUERY`
 */
export async function refuseUnencodable(
  source: Source,
  header: Header,
  factor: number,
  { format }: Encoding,
  turn: Turn,
): Promise<void> {
  refuseSize(factor * header.width, factor * header.height, format)
  // Whether an alpha channel hides anything is known only by its pixels.
  if (!header.alpha || FORMAT_FACTS[format].alpha) return
  await turn.enter()
  refuseTransparency(await decodeSource(source, header), format)
}

/** The variant of a master: reduced where the master is larger, encoded now and kept, or found, when somebody else was faster. */
export async function encodeVariant(
  master: Master,
  factor: number,
  { format, quality }: Encoding,
  { cache, signal }: { cache: Cache; signal: AbortSignal },
  turn: Turn,
): Promise<Variant> {
  if (isVariant(master, factor, format)) return master
  const key = variantKey(master.key, factor, format, quality)
  const { result } = await shareWork(`${cache.dir}\0${key}`, turn, signal, async () => {
    const entry = await cache.get(key)
    if (entry) return { key, bytes: entry.bytes, facts: entry.meta as unknown as VariantFacts }
    await turn.enter()
    const { source } = master.facts
    const image = await reduce(await master.image(), factor * source.width, factor * source.height)
    const bytes = await encode(image, format, quality ?? 100)
    const { ownPng: _, ...facts } = master.facts
    await cache.put(key, { meta: facts, bytes })
    return { key, bytes, facts }
  })
  return result
}

/** Our own PNG of a master is the PNG variant of its size already: one file serves for both. */
function isVariant({ facts }: Master, factor: number, format: OutputFormat): boolean {
  return format === 'png' && facts.ownPng && facts.width === factor * facts.source.width
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
