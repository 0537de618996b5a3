import { createAbortController, unlessAborted } from './schedule/aborted.ts'
import { Cache } from './store/cache.ts'
import { inFile, isHdError } from './errors.ts'
import type { HdEvent } from './events.ts'
import { createJob, type EncodingRequest, type Job, type JobDeps, type JobRequest } from './job/job.ts'
import type { ResolvedOptions } from './options.ts'
import { createOriginalJob, type OriginalJob } from './job/original.ts'
import { placeholderOf } from './job/placeholder.ts'
import { createWidthJob } from './job/width.ts'
import { DiskStore } from './store/disk-store.ts'
import { relativePath } from './relative-path.ts'
import type { Store } from './store/store.ts'
import { tieredStore } from './store/tiered-store.ts'
import { readSource, type Source } from './source/source.ts'
import type { Logger } from './upscaler/upscaler.ts'
import { holdUpscalers, releaseUpscalers } from './upscaler/open-upscalers.ts'

/** Turns source files into assets, for one set of options. */
export interface Hd {
  readonly options: ResolvedOptions
  /** Where masters and variants are kept, by key. */
  readonly store: Store
  /** @param file absolute path. @throws HdError `HD_SOURCE_…` */
  source(file: string): Promise<Source>
  /** The enlarged image of a source. */
  job(source: Source, request?: JobRequest): Job
  /** The source at 1x: its own bytes, or encoded in `request.format` when that is given. */
  original(source: Source, request?: EncodingRequest): OriginalJob
  /** A tiny preview of a source as a `data:` URL of less than 1 kB. @throws HdError `HD_SOURCE_…`, `HD_ABORTED` */
  placeholder(source: Source): Promise<string>
  /**
   * Ends a build: waits for running jobs, trims the cache, and closes the upscalers. The object can be used again afterwards.
   */
  close(): Promise<void>
  /** Cancels all work: pending calls reject with `HD_ABORTED`. Later calls work again. */
  abort(): void
}

export interface HdContext {
  log: Logger
  onEvent?: (event: HdEvent) => void
  /**
   * Returns true to leave out metered upscalers, as a dev server does: the rest of the chain makes the image, or `resample()` if
   * nothing is left. Results of metered upscalers in the cache are still used.
   * @default () => false
   */
  skipMetered?: () => boolean
}

/** @param options complete, from `resolveOptions` */
export function createHd(options: ResolvedOptions, { log, onEvent = () => undefined, skipMetered = () => false }: HdContext): Hd {
  let controller = createAbortController()
  const near = options.cache.store ?? new DiskStore(options.cache.dir)
  const far = options.cache.remote?.(log)
  const store = far ? tieredStore(near, far) : near
  const cache = new Cache(store, options.cache.maxBytes, log)
  const atWork = new Set<Promise<unknown>>()
  const user = {}

  const deps: JobDeps = {
    options,
    cache,
    emit: onEvent,
    skipMetered,
    async run(source, work) {
      const { signal } = controller
      holdUpscalers(options.upscalers, user)
      const running = unlessAborted(signal, () => work({ cache, log, signal, emit: onEvent }))
      atWork.add(running)
      try {
        return await running
      } catch (error) {
        throw isHdError(error) ? inFile(error, source.name) : error
      } finally {
        atWork.delete(running)
      }
    },
  }

  return {
    options,
    store,
    source: (file) => readSource(file, relativePath(options.root, file)),
    job: (source, { width, ...request } = {}) =>
      width === undefined ? createJob(source, request, deps) : createWidthJob(source, { width, ...request }, deps),
    original: (source, request = {}) => createOriginalJob(source, request, deps),
    placeholder: (source) => placeholderOf(source, deps),
    async close() {
      // Another environment of the same bundler may still be working.
      await Promise.allSettled(atWork)
      await cache.close()
      // Jobs that started meanwhile belong to another build, which will close as well.
      if (atWork.size === 0) await releaseUpscalers(options.upscalers, user, log)
    },
    abort() {
      controller.abort()
      controller = createAbortController()
    },
  }
}
