import { setMaxListeners } from 'node:events'
import path from 'node:path'
import { unlessAborted } from './aborted.ts'
import { fileFacts, originalAsset, sourceAsset, type Asset, type HdAsset } from './asset.ts'
import { Cache } from './cache.ts'
import { double, encodeAtOneX, findDouble, planDouble, versionOf, type EncodingRequest, type PlannedAsset } from './double.ts'
import { inFile, isHdError } from './errors.ts'
import type { CacheState, DonePicture, HdEvent } from './events.ts'
import type { MasterSurroundings } from './master.ts'
import type { ResolvedOptions } from './options.ts'
import { makePreview } from './preview.ts'
import { loadSharp } from './sharp.ts'
import { readHeader, readSource, type Source } from './source.ts'
import type { Logger } from './upscaler.ts'
import { holdUpscalers, releaseUpscalers } from './upscaler-users.ts'
import { findOriginal, toEncoding } from './variant.ts'

/** The way of pictures from source files to assets, for one set of options. */
export interface Hd {
  readonly options: ResolvedOptions
  /** @param file absolute path. @throws HdError `HD_SOURCE_…` */
  source(file: string): Promise<Source>
  /** The 2x of a source. @throws HdError, see `docs/errors.md` */
  double(source: Source, request?: EncodingRequest): Promise<HdAsset>
  /** The 2x as far as the cache has it, encoded as asked: nothing is made. */
  find(source: Source, request?: EncodingRequest): Promise<HdAsset | undefined>
  /** What the 2x will be, by the header alone. @throws HdError `HD_SOURCE_…`, `HD_ENCODE` for what cannot be doubled */
  plan(source: Source, request?: EncodingRequest): Promise<PlannedAsset>
  /** A text that changes with everything that decides what the 2x will be; 64 hexadecimal digits. */
  version(source: Source, request?: EncodingRequest): string
  /** Loads what work on pictures needs, so that the first one does not wait for it. Never fails: whoever needs it will. */
  warm(): Promise<void>
  /** An exact 2x to look at meanwhile, made at once and not kept; a PNG or JPEG. @throws HdError `HD_SOURCE_…` */
  preview(source: Source): Promise<Omit<Asset, 'key'>>
  /** The source at 1x: its own bytes, or encoded in `request.format` when that is given. */
  original(source: Source, request?: EncodingRequest): Promise<Asset>
  /** The same as far as the cache has it: nothing is made. */
  findOriginal(source: Source, request?: EncodingRequest): Promise<Asset | undefined>
  /** The source in place of its 2x, as `mode: 'off'` gives it. @throws HdError `HD_SOURCE_…` */
  undoubled(source: Source): Promise<HdAsset>
  /** An asset made earlier, by its key, as long as the cache has it. */
  stored(key: string): Promise<Uint8Array | undefined>
  /**
   * Ends a build: waits for what is still at work, brings the cache under its cap, lets upscalers free what they hold. May be
   * used again afterwards.
   */
  close(): Promise<void>
  /** Cancels all work: pending calls reject with `HD_ABORTED`. Later calls work again. */
  abort(): void
}

export interface HdSurroundings {
  log: Logger
  onEvent?: (event: HdEvent) => void
  /**
   * Calls no metered upscaler, because the result is only for looking at (a dev server): the others of the chain make the
   * picture, or `resample()` where there is none. What a metered one made earlier is still used.
   * @default never
   */
  sparing?: () => boolean
}

/** @param options complete, from `resolveOptions` */
export function createHd(
  options: ResolvedOptions,
  { log, onEvent = () => undefined, sparing = () => false }: HdSurroundings,
): Hd {
  let controller = createController()
  const cache = new Cache(options.cache, log)
  const surroundings = (): MasterSurroundings => ({ cache, log, signal: controller.signal, emit: onEvent, sparing: sparing() })
  const atWork = new Set<Promise<unknown>>()
  const user = {}

  /** Runs a request until it ends or everything is aborted; errors name the file. */
  const request = async <T>(source: Source, work: (around: MasterSurroundings) => Promise<T>): Promise<T> => {
    const around = surroundings()
    holdUpscalers(options.upscalers, user)
    const running = unlessAborted(around.signal, () => work(around))
    atWork.add(running)
    try {
      return await running
    } catch (error) {
      throw isHdError(error) ? inFile(error, source.name) : error
    } finally {
      atWork.delete(running)
    }
  }

  return {
    options,
    source: (file) => readSource(file, displayName(file, options.root)),
    async double(source, wanted = {}) {
      const begun = performance.now()
      try {
        const { asset, state, waitedMs = 0 } = await request(source, (around) => double(source, wanted, options, around))
        onEvent({ type: 'done', name: source.name, picture: donePicture(asset, state, performance.now() - begun - waitedMs) })
        return asset
      } catch (error) {
        onEvent({ type: 'failed', name: source.name })
        throw error
      }
    },
    find: (source, wanted = {}) => findDouble(source, wanted, options, { cache, sparing: sparing() }),
    plan: (source, wanted = {}) => planDouble(source, wanted, options, sparing()),
    version: (source, wanted = {}) => versionOf(source, wanted, options, sparing()),
    async warm() {
      await loadSharp().catch(() => undefined)
    },
    preview: (source) => makePreview(source, options.maxPixels, controller.signal),
    async original(source, { format, quality } = {}) {
      if (format === undefined) return originalAsset(source)
      const encoding = toEncoding(format, quality ?? options.quality)
      const { key, bytes } = await request(source, (around) => encodeAtOneX(source, encoding, options, around))
      return { key, bytes, format, ...fileFacts(format) }
    },
    async findOriginal(source, { format, quality } = {}) {
      if (format === undefined) return originalAsset(source)
      const found = await findOriginal(source, toEncoding(format, quality ?? options.quality), cache)
      return found && { ...found, format, ...fileFacts(format) }
    },
    undoubled: async (source) => sourceAsset(source, await readHeader(source, options.maxPixels)),
    stored: async (key) => (await cache.get(key))?.bytes,
    async close() {
      // Another environment of the same bundler may still be at work.
      await Promise.allSettled(atWork)
      await cache.evict()
      // Work that began in the meantime belongs to a build that will end as well.
      if (atWork.size === 0) await releaseUpscalers(options.upscalers, user, log)
    },
    abort() {
      controller.abort()
      controller = createController()
    },
  }
}

function createController(): AbortController {
  const controller = new AbortController()
  // Every waiting picture listens, which is no leak.
  setMaxListeners(0, controller.signal)
  return controller
}

function donePicture({ width, height, format, upscaler, bytes, source }: HdAsset, cache: CacheState, ms: number): DonePicture {
  return { cache, ms, width, height, format, upscaler, bytes: bytes.length, source }
}

/** Relative to the root, with `/` on every system; absolute only on another drive. */
function displayName(file: string, root: string): string {
  return (path.relative(root, file) || file).replaceAll(path.sep, '/')
}
