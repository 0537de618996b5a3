import path from 'node:path'
import {
  createHd,
  isHdId,
  parseRequest,
  visible,
  type Hd,
  type HdEvent,
  type HdRequest,
  type Logger,
  type Source,
  HdError,
  mistakenQuery,
} from '@unplugin-hd/core'
import { tellingBundlers, toBundlerError } from './bundler-error.ts'
import { createMisses } from './misses.ts'
import { createOrigins, type Origin, type Origins } from './origin.ts'
import { reportBuild } from '../inspector/build.ts'
import { resolveHdOptions, type HdOptions, type ResolvedHdOptions } from '../options.ts'
import { createImageLog, type ImageLog } from '../inspector/image-log.ts'
import { createReporter } from '../progress/reporter.ts'
import type { Makers } from '../shape/makers.ts'
import { createShape, type Shape } from '../shape/shape.ts'
import { createTypesFile, type TypesFile } from '../types/types-file.ts'

/** What a session needs to know of the bundler. */
export interface SessionContext {
  /** Absolute path of the project. */
  root: string
  /** Prints warnings only, because the bundler is configured so. */
  quiet: boolean
  warn: (message: string) => void
  /** True while images are only looked at: unless the options say otherwise, metered upscalers are not called. @default never */
  dev?: () => boolean
}

/** What the adapters share: one plugin instance at work in one project. */
export interface Session {
  readonly hd: Hd
  /** The file of declarations; `undefined` when there is none. */
  readonly types: TypesFile | undefined
  /** Who imports what. */
  readonly origins: Origins
  /** What was asked for and what became of it; `undefined` in a build without a report. */
  readonly images: ImageLog | undefined
  /** Passes a warning on to the bundler. */
  warn(message: string): void
  /** True for a module id that this plugin is to load. @param id absolute path and query */
  shouldTransform(id: string): boolean
  /** True for a reference to an image that `include` or `exclude` left out. */
  leftOut(reference: string): boolean
  /**
   * Reports a query that looks like a mistyped `?hd`: a warning where it may belong to another tool.
   * @throws Error with `HD_QUERY` where it cannot
   */
  checkMistaken(id: string, origin: Origin): Promise<void>
  /** What an id that the session wants asks for. @throws Error like {@link Session.load} */
  parse(id: string, origin: Origin | undefined): Promise<{ file: string; request: HdRequest }>
  /**
   * Makes what an import asks for. An image that is missing with `mode: 'cache-only'` is the source for now, and named when the
   * build ends.
   * @param makers where its images come from, when not from `hd`; then nothing is put off
   * @throws Error with the importer, what is wrong, what to do, and the code, in one line
   */
  load(file: string, request: HdRequest, origin: Origin | undefined, makers?: Makers): Promise<Loaded>
  /**
   * Throws once when an image was missing with `mode: 'cache-only'`, to stop a bundler that writes its files before the build
   * ends. {@link Session.end} names the images.
   */
  stopAtMiss(): void
  /**
   * Ends a build: prints the summary and frees what is held. May be followed by another build.
   * @param cancel what is still at work is given up instead of waited for, because nobody needs it any more
   * @throws Error with `HD_CACHE_MISS` that names every image that was missing, unless it was cancelled
   */
  end(cancel: boolean): Promise<void>
}

export interface Loaded {
  source: Source
  shape: Shape
}

/** @throws Error like {@link Session.load} when the options are wrong */
export function createSession(options: HdOptions, { root, quiet, warn, dev = () => false }: SessionContext): Session {
  const resolved = resolve(options, root)
  const reporter = createReporter({ stream: process.stderr, quiet, warn })
  const warnVisibly = (message: string): void => warn(visible(message))
  const log: Logger = { debug: () => undefined, info: reporter.info, warn: warnVisibly }
  const images = resolved.report !== undefined || dev() ? createImageLog(root) : undefined
  const onEvent = (event: HdEvent): void => {
    reporter.onEvent(event)
    images?.onEvent(event)
  }
  const hd = createHd(resolved, { log, onEvent, skipMetered: () => resolved.dev === 'preview' && dev() })
  const misses = createMisses(hd)
  /** Names of files. */
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
        if (certain)
          throw new HdError('HD_QUERY', 'the query is none of ours, but looks like it', { remedy: `Write '${instead}'` })
        const written = await origin.where()
        log.warn(`'${id}'${written ? ` in ${written.text}` : ''} is no query of ours. For a larger image write '${instead}'`)
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
        const source = await hd.source(file)
        return { source, shape: await createShape(makers, source, request) }
      }),
    stopAtMiss: misses.stop,
    async end(cancel) {
      if (cancel) hd.abort()
      await hd.close()
      if (!cancel) await types?.update()
      reporter.end()
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
