import { sourceAsset, toAsset, type HdAsset } from './asset.ts'
import type { Cache } from '../store/cache.ts'
import { chainOf, LAST_RESORT, tellSkipped } from './chain.ts'
import { demandOf } from './memory-demand.ts'
import { refuseSize } from '../image/encode.ts'
import { formatError, HdError, isHdError } from '../errors.ts'
import type { CacheState, DoneImage, HdEvent } from '../events.ts'
import { DEFAULT_FACTOR, type Factor } from '../request/factor.ts'
import { defaultFormat, fileFacts, type OutputFormat } from '../request/format.ts'
import { plannedKey } from './key.ts'
import { findMaster, keyOfMaster, obtainMaster, type MasterOrder, type WorkContext } from './master.ts'
import { processPool } from '../schedule/memory.ts'
import type { ResolvedOptions } from '../options.ts'
import { levelOf, passesFor } from '../upscaler/passes.ts'
import { readHeader, type Header, type Source } from '../source/source.ts'
import { sizeOf, type TargetSize } from './size.ts'
import { createTurn, type Turn } from '../schedule/turn.ts'
import type { Upscaler } from '../upscaler/upscaler.ts'
import { encodeVariant, findVariant, refuseUnencodable, toEncoding, type Encoding, type Variant } from './variant.ts'

/** How to encode the image. Missing values come from the options. */
export interface EncodingRequest {
  format?: OutputFormat | undefined
  /** 1 to 100 */
  quality?: number | undefined
}

/** What an import requests. */
export interface JobRequest extends EncodingRequest {
  /** How many times as wide and high as the source. @default 2 */
  factor?: Factor | undefined
  /** Reduced to this width in pixels, at most `factor` times that of the source. @default that */
  width?: number | undefined
}

/** The facts of an image before it is made. */
export type PlannedAsset = Omit<HdAsset, 'key' | 'bytes'>

/** One source and one request. Immutable: all its methods use the same chain and encoding. */
export interface Job {
  readonly source: Source
  readonly factor: Factor
  readonly encoding: Encoding
  /** The upscalers that may be called, in order. */
  readonly chain: readonly Upscaler[]
  /** Changes with everything that affects the image (source, upscalers, factor, encoding); 64 hexadecimal digits. */
  readonly key: string
  /** The key of the master by the first upscaler of the chain. */
  readonly masterKey: string
  /**
   * The image if it is cached; makes nothing. With `mode: 'off'` it is the source itself.
   * @throws HdError `HD_SOURCE_…` with `mode: 'off'`
   */
  find(): Promise<HdAsset | undefined>
  /** The facts of the image, from the header of the source. @throws HdError `HD_SOURCE_…`, `HD_ENCODE` */
  plan(): Promise<PlannedAsset>
  /** The image, from the cache or made. @throws HdError, see `docs/errors.md` */
  make(): Promise<HdAsset>
  /** The source in place of the image, as with `mode: 'off'`. @throws HdError `HD_SOURCE_…` */
  unscaled(): Promise<HdAsset>
}

/** What a job needs in addition to source and request. */
export interface JobDeps {
  readonly options: ResolvedOptions
  readonly cache: Cache
  readonly emit: (event: HdEvent) => void
  /** True to leave out metered upscalers; their cached results are still used. */
  skipMetered(): boolean
  /** Runs work until it settles or the build is aborted, and names the source in its errors. */
  run<T>(source: Source, work: (context: WorkContext) => Promise<T>): Promise<T>
}

interface Made {
  asset: HdAsset
  state: CacheState
  /** Time spent waiting for a free slot. */
  waitedMs?: number
}

export function createJob(source: Source, request: JobRequest, deps: JobDeps): Job {
  const { options, cache, emit } = deps
  const factor = request.factor ?? DEFAULT_FACTOR
  const chain = chainOf(options, deps.skipMetered())
  const format = request.format ?? options.format ?? defaultFormat(source.format)
  const encoding = toEncoding(format, request.quality ?? options.quality)
  const level = Math.max(...[...chain, LAST_RESORT].map((upscaler) => levelOf(passesFor(upscaler, factor))))
  const isOff = options.mode === 'off'
  const size: TargetSize = { factor, width: request.width }
  const asked = { ...size, ...encoding }

  const orderFrom = (upscaler: Upscaler): MasterOrder => ({ source, upscaler, passes: passesFor(upscaler, factor) })
  const readHead = (): Promise<Header> => readHeader(source, options.maxPixels, isOff ? factor : level)
  const unscaled = async (): Promise<HdAsset> => sourceAsset(source, await readHead(), !isOff)

  const assetOf = (variant: Variant, upscaler: Upscaler): HdAsset =>
    toAsset(variant, size, encoding, source, upscaler !== options.upscalers[0])

  const findFrom = async (upscaler: Upscaler): Promise<HdAsset | undefined> => {
    const variant = await findVariant(orderFrom(upscaler), size, encoding, cache)
    return variant && assetOf(variant, upscaler)
  }

  const obtainFrom = async (upscaler: Upscaler, header: Header, context: WorkContext, turn: Turn): Promise<Made> => {
    const master = await obtainMaster(orderFrom(upscaler), header, context, turn)
    const variant = await encodeVariant(master, size, encoding, context, turn)
    return { asset: assetOf(variant, upscaler), state: master.fresh ? 'made' : 'encoded' }
  }

  /** Encodes a cached master; `undefined` when it is damaged or has disappeared. */
  const encodeFrom = async (upscaler: Upscaler, context: WorkContext, turn: Turn): Promise<Made | undefined> => {
    await turn.enter()
    const master = await findMaster(orderFrom(upscaler), cache)
    if (!master) return undefined
    const variant = await encodeVariant(master, size, encoding, context, turn)
    return { asset: assetOf(variant, upscaler), state: 'encoded' }
  }

  /** The first success of the chain. @throws HdError of the last upscaler; the others become warnings */
  const obtain = async (upscalers: readonly Upscaler[], header: Header, context: WorkContext, turn: Turn): Promise<Made> => {
    for (const [index, upscaler] of upscalers.entries()) {
      try {
        return await obtainFrom(upscaler, header, context, turn)
      } catch (error) {
        const next = upscalers[index + 1]
        if (next === undefined || !isHdError(error) || !isUpscalerError(error)) throw error
        if (error.told) continue
        emit({ type: 'warning', name: source.name, message: `${formatError(error)}; trying '${next.name}' next` })
      }
    }
    throw new TypeError('a chain has at least one upscaler')
  }

  /** Applies `onError` after the whole chain has failed. */
  const recover = async (error: unknown, header: Header, context: WorkContext, turn: Turn): Promise<Made> => {
    if (options.onError === 'fail' || !isHdError(error) || !isUpscalerError(error)) throw error
    const remedy = options.onError === 'resample' ? 'falling back to resampling' : 'falling back to the source at 1x'
    const reason = formatError(error)
    emit({ type: 'warning', name: source.name, message: `${reason}; ${remedy}` })
    if (options.onError === 'source') return { asset: sourceAsset(source, header, true), state: 'off' }
    return obtainFrom(LAST_RESORT, header, context, turn)
  }

  const findOrMake = async (context: WorkContext): Promise<Made> => {
    if (isOff) return { asset: await unscaled(), state: 'off' }
    // Look for a cached result of every upscaler before calling any of them.
    let cached: Upscaler | undefined
    for (const upscaler of options.upscalers) {
      const asset = await findFrom(upscaler)
      if (asset) return { asset, state: 'hit' }
      if (!(await cache.has(keyOfMaster(orderFrom(upscaler))))) continue
      cached = upscaler
      break
    }
    if (!cached && options.mode === 'cache-only') throw cacheMiss(source, factor, cache, options.modeFrom)

    const header = await readHead()
    const turn = createTurn(processPool(), demandOf(header, level, format, options.concurrency), context.signal)
    emit({ type: 'queued', name: source.name })
    try {
      const encoded = cached && (await encodeFrom(cached, context, turn))
      if (!encoded && options.mode === 'cache-only') throw cacheMiss(source, factor, cache, options.modeFrom)
      if (!encoded) await refuseUnencodable(source, header, size, encoding, turn)
      if (!encoded) tellSkipped(chain, options, context.log)
      const made = encoded ?? (await obtain(chain, header, context, turn).catch((error) => recover(error, header, context, turn)))
      return { ...made, waitedMs: turn.waitedMs }
    } finally {
      turn.leave()
      emit({ type: 'settled', name: source.name })
    }
  }

  return {
    source,
    factor,
    encoding,
    chain,
    masterKey: keyOfMaster(orderFrom(chain[0]!)),
    key: plannedKey(source.digest, isOff ? [] : chain, size, encoding.format, encoding.quality),
    async find() {
      if (isOff) return unscaled()
      for (const upscaler of new Set([...options.upscalers, ...chain])) {
        const asset = await findFrom(upscaler)
        if (asset) return asset
      }
      return undefined
    },
    async plan() {
      if (isOff) {
        const { key: _, bytes: __, ...facts } = await unscaled()
        return facts
      }
      const header = await readHead()
      const { width, height } = sizeOf(size, header)
      refuseSize(width, height, format)
      return {
        format,
        ...fileFacts(format),
        width,
        height,
        factor,
        isSource: false,
        provisional: chain[0] !== options.upscalers[0],
        upscaler: chain[0]!.name,
        source: { width: header.width, height: header.height, format: source.format, bytes: source.bytes.length },
      }
    },
    async make() {
      const begun = performance.now()
      try {
        const { asset, state, waitedMs = 0 } = await deps.run(source, findOrMake)
        emit({
          type: 'done',
          name: source.name,
          variant: asked,
          image: doneOf(asset, state, performance.now() - begun - waitedMs),
        })
        return asset
      } catch (error) {
        emit({ type: 'failed', name: source.name, variant: asked, error })
        throw error
      }
    },
    unscaled,
  }
}

/** False for errors that another upscaler cannot avoid: source, query, option, format, or a cancelled build. */
function isUpscalerError({ code }: HdError): boolean {
  return !/^HD_(?:SOURCE|QUERY|OPTION|ENCODE|ABORTED)/.test(code)
}

function cacheMiss(source: Source, factor: Factor, cache: Cache, modeFrom: ResolvedOptions['modeFrom']): HdError {
  // The option takes precedence over the environment.
  const first = modeFrom === 'option' ? "Leave the option 'mode' out, run" : 'Run'
  return new HdError('HD_CACHE_MISS', `its ${factor}x is not in the cache ${cache.location}, and 'mode' is 'cache-only'`, {
    file: source.name,
    remedy: `${first} the build once with UNPLUGIN_HD_MODE=on (\`UNPLUGIN_HD_MODE=on npm run build\`) and keep that folder`,
  })
}

function doneOf(
  { width, height, format, upscaler, provisional, bytes, source }: HdAsset,
  cache: CacheState,
  ms: number,
): DoneImage {
  return { cache, ms, width, height, format, upscaler, provisional, bytes: bytes.length, source }
}
