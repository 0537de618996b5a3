import type { Cache } from '../store/cache.ts'
import { encode, refuseSize, refuseTransparency } from '../image/encode.ts'
import { shareWork } from '../schedule/flight.ts'
import { FORMAT_FACTS, type OutputFormat } from '../request/format.ts'
import { parseVariantFacts, type VariantFacts } from './facts.ts'
import { checkVariant } from './foreign.ts'
import { variantKey } from './key.ts'
import { findMaster, keyOfMaster, type Master, type MasterOrder } from './master.ts'
import { decodeSource } from '../image/pixels.ts'
import { reduce } from '../image/reduce.ts'
import { sizeOf, type TargetSize } from './size.ts'
import type { Header, Source } from '../source/source.ts'
import type { Turn } from '../schedule/turn.ts'

/** How to encode a variant. */
export interface Encoding {
  readonly format: OutputFormat
  /** `undefined` for a format that has none. */
  readonly quality: number | undefined
}

/** A master at the requested size, encoded. Emitted byte for byte. */
export interface Variant {
  key: string
  bytes: Uint8Array
  facts: VariantFacts
}

/** The encoding in the form that keys use: without a quality for lossless formats. */
export function toEncoding(format: OutputFormat, quality: number): Encoding {
  return { format, quality: FORMAT_FACTS[format].lossy ? quality : undefined }
}

/** The variant of a master, when the cache has it. */
export async function findVariant(
  order: MasterOrder,
  size: TargetSize,
  { format, quality }: Encoding,
  cache: Cache,
): Promise<Variant | undefined> {
  const key = variantKey(keyOfMaster(order), size, format, quality)
  const entry = await cache.get(key, checkVariant(order, size, { format, quality }))
  const facts = entry && parseVariantFacts(entry.meta)
  if (facts) return { key, bytes: entry.bytes, facts }
  // Masters are large: read one only if it may itself be the variant.
  const master = format === 'png' ? await findMaster(order, cache) : undefined
  return master && isVariant(master, size, format) ? master : undefined
}

/**
 * Refuses results that cannot be encoded, before anything is upscaled.
 * @throws HdError `HD_ENCODE`, `HD_QUERY`
 */
export async function refuseUnencodable(
  source: Source,
  header: Header,
  size: TargetSize,
  { format }: Encoding,
  turn: Turn,
): Promise<void> {
  const { width, height } = sizeOf(size, header)
  refuseSize(width, height, format)
  // Whether the alpha channel is opaque is known only after decoding.
  if (!header.alpha || FORMAT_FACTS[format].alpha) return
  await turn.enter()
  refuseTransparency(await decodeSource(source, header), format)
}

/** The variant of a master: reduced where the master is larger, and encoded. */
export async function encodeVariant(
  master: Master,
  size: TargetSize,
  { format, quality }: Encoding,
  context: EncodeContext,
  turn: Turn,
): Promise<Variant> {
  if (isVariant(master, size, format)) return master
  const { ownPng: _, ...facts } = master.facts
  const key = variantKey(master.key, size, format, quality)
  const bytes = await encodeOnce(
    key,
    { ...facts, factor: size.factor, reducedTo: size.width, quality },
    context,
    turn,
    async () => {
      const { width, height } = sizeOf(size, facts.source)
      return encode(await reduce(await master.image(), width, height), format, quality ?? 100)
    },
  )
  return { key, bytes, facts }
}

/** What encoding needs in addition to the image. */
export interface EncodeContext {
  readonly cache: Cache
  readonly signal: AbortSignal
}

/**
 * Encodes once for all concurrent callers and stores the bytes.
 * @param meta stored with the bytes
 * @param make called when a slot is free
 */
export async function encodeOnce(
  key: string,
  meta: Record<string, unknown>,
  { cache, signal }: EncodeContext,
  turn: Turn,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { result } = await shareWork(`${cache.scope}\0${key}`, turn, signal, async () => {
    const known = await cache.get(key)
    if (known) return known.bytes
    await turn.enter()
    const bytes = await make()
    await cache.put(key, { meta, bytes })
    return bytes
  })
  return result
}

/** The PNG of a master is also the PNG variant of its size: one entry serves both. */
function isVariant({ facts }: Master, size: TargetSize, format: OutputFormat): boolean {
  return format === 'png' && facts.ownPng && facts.width === sizeOf(size, facts.source).width
}
