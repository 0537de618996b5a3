import path from 'node:path'
import {
  createAbortController,
  createHd,
  Gate,
  isHdId,
  parseRequest,
  visible,
  type Hd,
  type HdEvent,
  type HdRequest,
  type Logger,
  HdError,
  mistakenQuery,
} from '@unplugin-hd/core'
import { tellingBundlers, toBundlerError } from './bundler-error.ts'
import { createMisses } from './misses.ts'
import { createOrigins, type Origin, type Origins } from './origin.ts'
import { reportBuild } from '../inspector/build.ts'
import { resolveHdOptions, type HdOptions, type ResolvedHdOptions } from '../options.ts'
import { createImageLog, type ImageLog } from '../inspector/image-log.ts'
import { sharedImageLog } from '../inspector/shared-log.ts'
import { createReporter } from '../progress/reporter.ts'
import type { Makers } from '../shape/makers.ts'
import { createShape, type Shape } from '../shape/shape.ts'
import { createStub, type Stub } from '../shape/stub.ts'
import { createTypesFile, type TypesFile } from '../types/types-file.ts'

/** What a session needs to know of the bundler. */
export interface SessionContext {
  /** Absolute path of the project. */
  root: string
  /** Print only warnings, as configured in the bundler. */
  quiet: boolean
  warn: (message: string) => void
  /** True in a dev server, where metered upscalers are not called unless the options say so. @default never */
  dev?: () => boolean
}

/** What the adapters share: one plugin instance in one project. */
export interface Session {
  readonly hd: Hd
  /** The file of declarations; `undefined` without the option `dts`. */
  readonly types: TypesFile | undefined
  /** The importers of each image. */
  readonly origins: Origins
  /** What was asked for and what became of it; `undefined` in a build without a report. */
  readonly images: ImageLog | undefined
  /** Passes a warning to the bundler. */
  warn(message: string): void
  /** True for a module id that this plugin loads. @param id absolute path and query */
  shouldTransform(id: string): boolean
  /** True for a reference to an image that `include` or `exclude` excluded. */
  leftOut(reference: string): boolean
  /**
   * Checks for a query that looks like a mistyped `?hd`, and warns if it may belong to another tool.
   * @throws Error with `HD_QUERY` if it cannot belong to another tool
   */
  checkMistaken(id: string, origin: Origin): Promise<void>
  /** Parses an id that {@link Session.shouldTransform} accepted. @throws Error like {@link Session.load} */
  parse(id: string, origin: Origin | undefined): Promise<{ file: string; request: HdRequest }>
  /**
   * Makes the images of an import. If an image is missing with `mode: 'cache-only'`, the source takes its place, and {@link Session.end}
   * reports it.
   * @param makers other makers than those of `hd`; then misses are not deferred
   * @throws Error with the importer, what is wrong, what to do, and the code, in one line
   */
  load(file: string, request: HdRequest, origin: Origin | undefined, makers?: Makers): Promise<Shape>
  /**
   * With the option `stub`: what an import gives, which needs no files. References that need a file get the source from
   * {@link Session.load}, as with `mode: 'off'`. `undefined` without the option.
   */
  readonly stub: ((...wanted: [file: string, request: HdRequest, origin: Origin | undefined]) => Promise<Stub>) | undefined
  /**
   * Throws once if an image is missing with `mode: 'cache-only'`, to stop a bundler that writes its files before the build
   * ends. {@link Session.end} names the images.
   */
  stopAtMiss(): void
  /**
   * Ends a build: prints the summary and releases resources. Another build may follow.
   * @param cancel aborts work in progress instead of waiting for it
   * @throws Error with `HD_CACHE_MISS` that names every missing image, unless cancelled
   */
  end(cancel: boolean): Promise<void>
}

/**
 * Images that are read at the same time. Bundlers ask for all images of a project at once; each one that waits for an upscaler
 * holds the bytes of its source.
 */
const MAX_LOADS = 32

/** @throws Error like {@link Session.load} if the options are wrong */
export function createSession(options: HdOptions, { root, quiet, warn, dev = () => false }: SessionContext): Session {
  const resolved = resolve(options, root)
  const reporter = createReporter({ stream: process.stderr, quiet, warn })
  const warnVisibly = (message: string): void => warn(visible(message))
  const log: Logger = { debug: () => undefined, info: reporter.info, warn: warnVisibly }
  const images = dev() ? createImageLog(root) : resolved.report === undefined ? undefined : sharedImageLog(resolved.report, root)
  const onEvent = (event: HdEvent): void => {
    reporter.onEvent(event)
    images?.onEvent(event)
  }
  const hd = createHd(resolved.stub ? { ...resolved, mode: 'off' } : resolved, {
    log,
    onEvent,
    skipMetered: () => resolved.dev === 'preview' && dev(),
  })
  /** Plans what a build makes, also in dev servers. */
  const planned = resolved.stub ? createHd(resolved, { log }) : undefined
  const misses = createMisses(hd)
  const loads = new Gate(Math.max(MAX_LOADS, 2 * resolved.concurrency))
  let loading = createAbortController()
  /** File names. */
  const leftOut = new Set<string>()
  const origins = createOrigins(root)
  const types = resolved.dts === undefined ? undefined : createTypesFile(resolved.dts, root, dev, warn)
  return {
    hd,
    types,
    images,
    warn: warnVisibly,
    origins: {
      of: origins.of,
      add(id, importer, reference) {
        types?.saw(reference)
        images?.imported(id, importer, reference)
        origins.add(id, importer, reference)
      },
    },
    shouldTransform(id) {
      if (!isHdId(id)) return false
      const file = id.split('?', 1)[0]!
      const accepted = resolved.accepts(file)
      if (!accepted) leftOut.add(path.basename(file))
      return accepted
    },
    leftOut: (reference) => leftOut.has(path.posix.basename(reference.split('?', 1)[0]!)),
    checkMistaken: (id, origin) =>
      tellingBundlers(origin, async () => {
        const mistaken = mistakenQuery(id)
        if (!mistaken) return
        const { instead, certain } = mistaken
        if (certain) throw new HdError('HD_QUERY', 'the query looks like a mistyped ?hd', { remedy: `Write '${instead}'` })
        const written = await origin.where()
        log.warn(
          `'${id}'${written ? ` in ${written.text}` : ''} is not a query of unplugin-hd. For a larger image write '${instead}'`,
        )
      }),
    parse: (id, origin) =>
      tellingBundlers(origin, async () => {
        const parsed = parseRequest(id)
        if (!parsed) throw new TypeError(`not a '?hd' id: ${id}`)
        return parsed
      }),
    load: (file, request, origin, makers = misses.makers(origin)) =>
      tellingBundlers(origin, async () => {
        images?.asked(file, request, origin)
        const leave = await loads.enter(loading.signal)
        try {
          return await createShape(makers, await hd.source(file), request)
        } finally {
          leave()
        }
      }),
    stub:
      planned &&
      ((file, request, origin) => tellingBundlers(origin, async () => createStub(planned, await planned.source(file), request))),
    stopAtMiss: misses.stop,
    async end(cancel) {
      if (cancel) {
        loading.abort()
        loading = createAbortController()
        hd.abort()
      }
      await hd.close()
      if (!cancel) await types?.update()
      reporter.end(hd.store.traffic?.())
      if (!cancel && images && resolved.report !== undefined) await reportBuild(resolved.report, hd, images, log)
      const missing = await misses.take()
      if (missing && !cancel) throw missing
    },
  }
}

function resolve(options: HdOptions, root: string): ResolvedHdOptions {
  try {
    return resolveHdOptions(options, root)
  } catch (error) {
    throw toBundlerError(error)
  }
}
