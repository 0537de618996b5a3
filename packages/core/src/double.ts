import { fileFacts, sourceAsset, toAsset, type HdAsset } from './asset.ts'
import { formatError, HdError, isHdError } from './errors.ts'
import type { Cache } from './cache.ts'
import { refuseSize } from './encode.ts'
import type { CacheState } from './events.ts'
import { defaultFormat, type OutputFormat } from './format.ts'
import { plannedKey } from './key.ts'
import { findMaster, hasMaster, obtainMaster, type MasterSurroundings } from './master.ts'
import { processPool } from './memory.ts'
import type { ResolvedOptions } from './options.ts'
import type { Demand } from './pool.ts'
import { resample } from './resample.ts'
import { readHeader, type Header, type Source } from './source.ts'
import { createTurn, type Turn } from './turn.ts'
import type { Upscaler } from './upscaler.ts'
import {
  encodeOriginal,
  encodeVariant,
  findOriginal,
  findVariant,
  refuseUnencodable,
  toEncoding,
  type Encoding,
  type Original,
} from './variant.ts'

/** What an import asks of the picture; what is left out comes from the options. */
export interface EncodingRequest {
  format?: OutputFormat | undefined
  /** 1 to 100 */
  quality?: number | undefined
}

export interface Doubled {
  asset: HdAsset
  state: CacheState
  /** For its turn. */
  waitedMs?: number
}

/** The 2x of a source: found in the cache, or made. @throws HdError, see `docs/errors.md` */
export async function double(
  source: Source,
  request: EncodingRequest,
  options: ResolvedOptions,
  around: MasterSurroundings,
): Promise<Doubled> {
  if (options.mode === 'off') return { asset: sourceAsset(source, await readHeader(source, options.maxPixels)), state: 'off' }
  const encoding = encodingOf(source, request, options)

  // Every member of the chain is asked for its cached result before any is asked to work.
  let cached: Upscaler | undefined
  for (const upscaler of options.upscalers) {
    const variant = await findVariant(source, upscaler, encoding, around.cache)
    if (variant) return { asset: toAsset(variant, encoding, source), state: 'hit' }
    if (!(await hasMaster(source, upscaler, around.cache))) continue
    cached = upscaler
    break
  }
  if (!cached && options.mode === 'cache-only') throw cacheMiss(source, options)

  const header = await readHeader(source, options.maxPixels)
  return inTurn(source, demand(header, encoding, options), around, async (turn) => {
    const encoded = cached && (await encodeCached(source, cached, encoding, around, turn))
    if (encoded) return encoded
    if (options.mode === 'cache-only') throw cacheMiss(source, options)
    await refuseUnencodable(source, header, encoding, turn)
    try {
      return await make(source, header, encoding, callable(options, around), around, turn)
    } catch (error) {
      if (options.onError === 'fail' || !isHdError(error) || !isUpscalerFault(error)) throw error
      const remedy = options.onError === 'resample' ? 'it is enlarged by resampling instead' : 'the source is used at 1x instead'
      const reason = error.told ? error.code : formatError(error)
      around.emit({ type: 'warning', name: source.name, message: `${reason}; ${remedy}` })
      if (options.onError === 'source') return { asset: sourceAsset(source, header), state: 'off' }
      return make(source, header, encoding, [instead], around, turn)
    }
  })
}

/** From a master in the cache; nothing when it turns out to be damaged, or gone. */
async function encodeCached(
  source: Source,
  upscaler: Upscaler,
  encoding: Encoding,
  around: MasterSurroundings,
  turn: Turn,
): Promise<Doubled | undefined> {
  await turn.enter()
  const master = await findMaster(source, upscaler, around.cache)
  if (!master) return undefined
  return { asset: toAsset(await encodeVariant(master, encoding, around, turn), encoding, source), state: 'encoded' }
}

/**
 * The 2x of a source as far as the cache has it in the encoding that is asked for: nothing is made. With `mode: 'off'` it is
 * the source itself.
 * @throws HdError `HD_SOURCE_…` with `mode: 'off'`
 */
export async function findDouble(
  source: Source,
  request: EncodingRequest,
  options: ResolvedOptions,
  { cache, sparing }: { cache: Cache; sparing: boolean },
): Promise<HdAsset | undefined> {
  if (options.mode === 'off') return sourceAsset(source, await readHeader(source, options.maxPixels))
  const encoding = encodingOf(source, request, options)
  for (const upscaler of new Set([...options.upscalers, ...chainOf(options, sparing)])) {
    const variant = await findVariant(source, upscaler, encoding, cache)
    if (variant) return toAsset(variant, encoding, source)
  }
  return undefined
}

/** What can be said of a 2x before it is made. */
export type PlannedAsset = Omit<HdAsset, 'key' | 'bytes'>

/** What the 2x of a source will be, by its header alone. @throws HdError `HD_SOURCE_…`, `HD_ENCODE` for what cannot be doubled */
export async function planDouble(
  source: Source,
  request: EncodingRequest,
  options: ResolvedOptions,
  sparing: boolean,
): Promise<PlannedAsset> {
  const header = await readHeader(source, options.maxPixels)
  if (options.mode === 'off') {
    const { key: _, bytes: __, ...facts } = sourceAsset(source, header)
    return facts
  }
  const { format } = encodingOf(source, request, options)
  const width = 2 * header.width
  const height = 2 * header.height
  refuseSize(width, height, format)
  return {
    format,
    ...fileFacts(format),
    width,
    height,
    factor: 2,
    upscaler: chainOf(options, sparing)[0]!.name,
    source: { width: header.width, height: header.height, format: source.format, bytes: source.bytes.length },
  }
}

/** Changes with everything that decides what the 2x will be: the source's content, the upscalers, the encoding. */
export function versionOf(source: Source, request: EncodingRequest, options: ResolvedOptions, sparing: boolean): string {
  const { format, quality } = encodingOf(source, request, options)
  return plannedKey(source.digest, options.mode === 'off' ? [] : chainOf(options, sparing), format, quality)
}

/** The encoding that a request, or else the options, or else the source asks for. */
function encodingOf(source: Source, { format, quality }: EncodingRequest, options: ResolvedOptions): Encoding {
  return toEncoding(format ?? options.format ?? defaultFormat(source.format), quality ?? options.quality)
}

/** Options whose user has been told that a metered upscaler is not called. */
const told = new WeakSet<ResolvedOptions>()

/** Where nothing else may be asked; always the same object, so that it counts once in a set. */
const instead = resample()

/** The members of the chain that may be asked to work. */
function chainOf({ upscalers }: ResolvedOptions, sparing: boolean): readonly Upscaler[] {
  if (!sparing || !upscalers.some((upscaler) => upscaler.metered)) return upscalers
  const others = upscalers.filter((upscaler) => !upscaler.metered)
  return others.length > 0 ? others : [instead]
}

/** The same, and the user is told once when it is not all of them. */
function callable(options: ResolvedOptions, { sparing, log }: MasterSurroundings): readonly Upscaler[] {
  const chain = chainOf(options, sparing)
  if (chain !== options.upscalers && !told.has(options)) {
    told.add(options)
    const metered = options.upscalers.find((upscaler) => upscaler.metered)!
    log.warn(`'${metered.name}' is metered and not called here: what it has not made yet is made by '${chain[0]!.name}'`)
  }
  return chain
}

/** Does work that takes room when it needs it, and says how long it waited for that. */
async function inTurn(
  { name }: Source,
  room: Demand,
  { signal, emit }: MasterSurroundings,
  work: (turn: Turn) => Promise<Doubled>,
): Promise<Doubled> {
  const turn = createTurn(processPool(), room, signal)
  emit({ type: 'queued', name })
  try {
    return { ...(await work(turn)), waitedMs: turn.waitedMs }
  } finally {
    turn.leave()
    emit({ type: 'settled', name })
  }
}

/** The first success of the chain. @throws HdError of the last member, with the others' messages */
async function make(
  source: Source,
  header: Header,
  encoding: Encoding,
  upscalers: readonly Upscaler[],
  around: MasterSurroundings,
  turn: Turn,
): Promise<Doubled> {
  for (const [index, upscaler] of upscalers.entries()) {
    try {
      const master = await obtainMaster(source, header, upscaler, around, turn)
      const asset = toAsset(await encodeVariant(master, encoding, around, turn), encoding, source)
      return { asset, state: master.fresh ? 'made' : 'encoded' }
    } catch (error) {
      const next = upscalers[index + 1]
      if (next === undefined || !isHdError(error) || !isUpscalerFault(error)) throw error
      if (error.told) continue
      around.emit({ type: 'warning', name: source.name, message: `${formatError(error)}; '${next.name}' is tried next` })
    }
  }
  throw new TypeError('a chain has at least one upscaler')
}

/** Faults of the source, the query or the format stay the same whoever upscales; so does a cancelled build. */
function isUpscalerFault({ code }: HdError): boolean {
  return !/^HD_(?:SOURCE|QUERY|OPTION|ENCODE|ABORTED)/.test(code)
}

function cacheMiss(source: Source, { cache, modeFrom }: ResolvedOptions): HdError {
  // The option wins over the environment.
  const first = modeFrom === 'option' ? "Leave the option 'mode' out, run" : 'Run'
  return new HdError('HD_CACHE_MISS', `its 2x is not in the cache ${cache.dir}, and 'mode' is 'cache-only'`, {
    file: source.name,
    remedy: `${first} the build once with UNPLUGIN_HD_MODE=on (\`UNPLUGIN_HD_MODE=on npm run build\`) and keep that folder`,
  })
}

/** The source encoded otherwise at its own size: found, or made. */
export async function encodeAtOneX(
  source: Source,
  encoding: Encoding,
  options: ResolvedOptions,
  around: MasterSurroundings,
): Promise<Original> {
  const found = await findOriginal(source, encoding, around.cache)
  if (found) return found
  const header = await readHeader(source, options.maxPixels)
  const turn = createTurn(processPool(), demand(header, encoding, options), around.signal)
  try {
    return await encodeOriginal(source, header, encoding, around, turn)
  } finally {
    turn.leave()
  }
}

/**
 * What a picture in work needs of the process: RGB and alpha at 1x and 2x, the border for resampling, the files that come of
 * it (20 to 48 bytes a source pixel were measured), and much more for the AVIF encoder (150).
 */
function demand({ width, height }: { width: number; height: number }, { format }: Encoding, options: ResolvedOptions): Demand {
  return { weight: (format === 'avif' ? 160 : 64) * width * height, maxCount: options.concurrency }
}
