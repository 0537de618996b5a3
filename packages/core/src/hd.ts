import { setMaxListeners } from 'node:events'
import path from 'node:path'
import { unlessAborted } from './aborted.ts'
import { Cache } from './cache.ts'
import { errorMessage, formatError, HdError, inFile, isHdError } from './errors.ts'
import type { CacheState, DonePicture, HdEvent, SourceFacts } from './events.ts'
import { defaultFormat, FORMAT_FACTS, isOutputFormat, type OutputFormat, type SourceFormat } from './format.ts'
import { obtainMaster, type MasterSurroundings } from './master.ts'
import { processPool } from './memory.ts'
import type { ResolvedOptions } from './options.ts'
import type { Demand } from './pool.ts'
import { resample } from './resample.ts'
import { readHeader, readSource, type Header, type Source } from './source.ts'
import type { Logger, Upscaler } from './upscaler.ts'
import {
  encodeOriginal,
  encodeVariant,
  findOriginal,
  findVariant,
  refuseUnencodable,
  toEncoding,
  type Encoding,
  type Original,
  type Variant,
} from './variant.ts'

/** A file to be emitted. */
export interface Asset {
  /** 64 hexadecimal digits; equal keys mean equal bytes. */
  key: string
  bytes: Uint8Array
  format: OutputFormat | SourceFormat
  /** File extension without the dot. */
  extension: string
  mime: string
}

/** The asset that a `?hd` import stands for. */
export interface HdAsset extends Asset {
  /** In pixels: exactly twice the source's when `factor` is 2. */
  width: number
  height: number
  /** 1 when it is the source itself (`mode: 'off'`, `onError: 'source'`): then it must not be called 2x. */
  factor: 1 | 2
  /** Name of the upscaler; `undefined` when `factor` is 1. */
  upscaler: string | undefined
  source: SourceFacts
}

/** What an import asks of the picture; what is left out comes from the options. */
export interface EncodingRequest {
  format?: OutputFormat | undefined
  /** 1 to 100 */
  quality?: number | undefined
}

/** The way of pictures from source files to assets, for one set of options. */
export interface Hd {
  readonly options: ResolvedOptions
  /** @param file absolute path. @throws HdError `HD_SOURCE_…` */
  source(file: string): Promise<Source>
  /** The 2x of a source. @throws HdError, see `docs/errors.md` */
  double(source: Source, request?: EncodingRequest): Promise<HdAsset>
  /** The source at 1x: its own bytes, or encoded in `request.format` when that is given. */
  original(source: Source, request?: EncodingRequest): Promise<Asset>
  /** Absolute path of a file in the cache folder with these bytes and this name, for bundlers that want a file. */
  file(asset: Asset, name: string): Promise<string>
  /** An asset made earlier, by its key, as long as the cache has it. */
  stored(key: string): Promise<Uint8Array | undefined>
  /** Ends a build: the cache is brought under its cap, upscalers free what they hold. May be used again afterwards. */
  close(): Promise<void>
  /** Cancels all work; pending calls reject with `HD_ABORTED`. */
  abort(): void
}

export interface HdSurroundings {
  log: Logger
  onEvent?: (event: HdEvent) => void
}

/** @param options complete, from `resolveOptions` */
export function createHd(options: ResolvedOptions, { log, onEvent = () => undefined }: HdSurroundings): Hd {
  const controller = new AbortController()
  // Every waiting picture listens, which is no leak.
  setMaxListeners(0, controller.signal)
  const cache = new Cache(options.cache, log)
  const around: MasterSurroundings = { cache, log, signal: controller.signal, emit: onEvent }

  return {
    options,
    source: (file) => readSource(file, displayName(file, options.root)),
    async double(source, request = {}) {
      const begun = performance.now()
      try {
        const { asset, state, waitedMs = 0 } = await unlessAborted(around.signal, () => double(source, request, options, around))
        onEvent({
          type: 'done',
          name: source.name,
          picture: donePicture(asset, state, performance.now() - begun - waitedMs),
        })
        return asset
      } catch (error) {
        onEvent({ type: 'failed', name: source.name })
        throw isHdError(error) ? inFile(error, source.name) : error
      }
    },
    async original(source, { format, quality } = {}) {
      if (format === undefined) return originalAsset(source)
      const encoding = toEncoding(format, quality ?? options.quality)
      try {
        const { key, bytes } = await unlessAborted(around.signal, () => original(source, encoding, options, around))
        return { key, bytes, format, ...fileFacts(format) }
      } catch (error) {
        throw isHdError(error) ? inFile(error, source.name) : error
      }
    },
    file: (asset, name) => cache.file(asset.key, name, asset.bytes),
    stored: async (key) => (await cache.get(key))?.bytes,
    async close() {
      await cache.evict()
      // The pictures are made: what fails now is worth a warning, and must not keep the others open.
      await Promise.all(
        options.upscalers.map(async (upscaler) => {
          try {
            await upscaler.close?.()
          } catch (error) {
            log.warn(`the upscaler '${upscaler.name}' could not be closed: ${errorMessage(error)}`)
          }
        }),
      )
    },
    abort: () => controller.abort(),
  }
}

function donePicture({ width, height, format, upscaler, bytes, source }: HdAsset, cache: CacheState, ms: number): DonePicture {
  return { cache, ms, width, height, format, upscaler, bytes: bytes.length, source }
}

interface Doubled {
  asset: HdAsset
  state: CacheState
  /** For its turn. */
  waitedMs?: number
}

async function double(
  source: Source,
  request: EncodingRequest,
  options: ResolvedOptions,
  around: MasterSurroundings,
): Promise<Doubled> {
  if (options.mode === 'off') return { asset: sourceAsset(source, await readHeader(source, options.maxPixels)), state: 'off' }
  const encoding = toEncoding(
    request.format ?? options.format ?? defaultFormat(source.format),
    request.quality ?? options.quality,
  )

  // Every member of the chain is asked for its cached result before any is asked to work.
  for (const upscaler of options.upscalers) {
    const found = await findVariant(source, upscaler, encoding, around.cache)
    if (!found) continue
    if ('variant' in found) return { asset: toAsset(found.variant, encoding, source), state: 'hit' }
    const { master } = found
    const waiting = performance.now()
    return processPool().run(demand(master.facts.source, encoding, options), around.signal, async () => {
      const waitedMs = performance.now() - waiting
      return { asset: toAsset(await encodeVariant(master, encoding, around.cache), encoding, source), state: 'encoded', waitedMs }
    })
  }
  if (options.mode === 'cache-only') throw cacheMiss(source, options)

  const header = await readHeader(source, options.maxPixels)
  around.emit({ type: 'queued', name: source.name })
  const queued = performance.now()
  return processPool().run(demand(header, encoding, options), around.signal, async (): Promise<Doubled> => {
    const waitedMs = performance.now() - queued
    await refuseUnencodable(source, header, encoding)
    try {
      return { ...(await make(source, header, encoding, options.upscalers, around)), waitedMs }
    } catch (error) {
      if (options.onError === 'fail' || !isHdError(error) || !isUpscalerFault(error)) throw error
      const instead = options.onError === 'resample' ? 'it is enlarged by resampling instead' : 'the source is used at 1x instead'
      around.emit({ type: 'warning', name: source.name, message: `${formatError(error)}; ${instead}` })
      if (options.onError === 'source') return { asset: sourceAsset(source, header), state: 'off', waitedMs }
      return { ...(await make(source, header, encoding, [resample()], around)), waitedMs }
    }
  })
}

/** The first success of the chain. @throws HdError of the last member, with the others' messages */
async function make(
  source: Source,
  header: Header,
  encoding: Encoding,
  upscalers: readonly Upscaler[],
  around: MasterSurroundings,
): Promise<Doubled> {
  for (const [index, upscaler] of upscalers.entries()) {
    try {
      const master = await obtainMaster(source, header, upscaler, around)
      const asset = toAsset(await encodeVariant(master, encoding, around.cache), encoding, source)
      return { asset, state: master.fresh ? 'made' : 'encoded' }
    } catch (error) {
      const next = upscalers[index + 1]
      if (next === undefined || !isHdError(error) || !isUpscalerFault(error)) throw error
      around.emit({ type: 'warning', name: source.name, message: `${formatError(error)}; '${next.name}' is tried next` })
    }
  }
  throw new TypeError('a chain has at least one upscaler')
}

/** Faults of the source, the query or the format stay the same whoever upscales; so does a cancelled build. */
function isUpscalerFault({ code }: HdError): boolean {
  return !/^HD_(?:SOURCE|QUERY|OPTION|ENCODE|ABORTED)/.test(code)
}

function toAsset({ key, bytes, facts }: Variant, { format }: Encoding, source: Source): HdAsset {
  return {
    key,
    bytes,
    format,
    ...fileFacts(format),
    width: facts.width,
    height: facts.height,
    factor: 2,
    upscaler: facts.upscaler,
    source: { ...facts.source, format: source.format, bytes: source.bytes.length },
  }
}

function sourceAsset(source: Source, { width, height }: Header): HdAsset {
  const facts = { width, height, format: source.format, bytes: source.bytes.length }
  return { ...originalAsset(source), width, height, factor: 1, upscaler: undefined, source: facts }
}

function originalAsset({ digest, bytes, format }: Source): Asset {
  return { key: digest, bytes, format, ...fileFacts(format) }
}

function fileFacts(format: OutputFormat | SourceFormat): { extension: string; mime: string } {
  if (!isOutputFormat(format)) return { extension: format, mime: `image/${format}` }
  const { extension, mime } = FORMAT_FACTS[format]
  return { extension, mime }
}

function cacheMiss(source: Source, { cache }: ResolvedOptions): HdError {
  return new HdError('HD_CACHE_MISS', `its 2x is not in the cache ${cache.dir}, and 'mode' is 'cache-only'`, {
    file: source.name,
    remedy: 'Run the build once with UNPLUGIN_HD_MODE=on (`UNPLUGIN_HD_MODE=on npm run build`) and keep that folder',
  })
}

async function original(
  source: Source,
  encoding: Encoding,
  options: ResolvedOptions,
  { cache, signal }: MasterSurroundings,
): Promise<Original> {
  const found = await findOriginal(source, encoding, cache)
  if (found) return found
  const header = await readHeader(source, options.maxPixels)
  return processPool().run(demand(header, encoding, options), signal, () => encodeOriginal(source, header, encoding, cache))
}

/**
 * What a picture in work needs of the process: RGB and alpha at 1x and 2x, the border for resampling, the files that come of
 * it (20 to 48 bytes a source pixel were measured), and much more for the AVIF encoder (150).
 */
function demand({ width, height }: { width: number; height: number }, { format }: Encoding, options: ResolvedOptions): Demand {
  return { weight: (format === 'avif' ? 160 : 64) * width * height, maxCount: options.concurrency }
}

/** Relative to the root, with `/` on every system; absolute only on another drive. */
function displayName(file: string, root: string): string {
  return (path.relative(root, file) || file).replaceAll(path.sep, '/')
}
