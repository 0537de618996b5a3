import {
  createHd,
  formatError,
  isHdError,
  isHdId,
  parseRequest,
  type Hd,
  type HdRequest,
  type Logger,
  type Source,
} from '@unplugin-hd/core'
import { resolveHdOptions, type HdOptions } from './options.ts'
import { createReporter } from './progress/reporter.ts'
import { createShape, type Makers, type Shape } from './shape.ts'

/** How an adapter's bundler wants to be spoken to. */
export interface SessionSurroundings {
  /** Absolute path of the project. */
  root: string
  /** Says nothing but warnings, because the bundler was told so. */
  quiet: boolean
  warn: (message: string) => void
  /** True while pictures are only looked at: unless the options say otherwise, metered upscalers are not called. @default never */
  dev?: () => boolean
}

/** What the adapters share: one plugin instance at work in one project. */
export interface Session {
  readonly hd: Hd
  /** True for a module id that this plugin is to load. @param id absolute path and query */
  wants(id: string): boolean
  /**
   * Makes what the id asks for.
   * @param makers where its pictures come from, when not from `hd`
   * @throws Error with the file, what is wrong, what to do, and the code, in one line
   */
  load(file: string, request: HdRequest, makers?: Makers): Promise<Loaded>
  /**
   * Ends a build: prints the summary and frees what is held. May be followed by another build.
   * @param cancel what is still at work is given up instead of waited for, because nobody needs it any more
   */
  end(cancel: boolean): Promise<void>
}

export interface Loaded {
  source: Source
  shape: Shape
}

/** @throws Error like {@link Session.load} when the options are wrong */
export function createSession(options: HdOptions, { root, quiet, warn, dev = () => false }: SessionSurroundings): Session {
  const resolved = inOneLine(() => resolveHdOptions(options, root))
  const reporter = createReporter({ stream: process.stderr, quiet, warn })
  const log: Logger = { debug: () => undefined, info: reporter.info, warn }
  const hd = createHd(resolved, { log, onEvent: reporter.onEvent, sparing: () => resolved.dev === 'preview' && dev() })
  return {
    hd,
    wants: (id) => isHdId(id) && resolved.accepts(id.split('?', 1)[0]!),
    load: (file, request, makers = hd) =>
      inOneLineAsync(async () => {
        const source = await hd.source(file)
        return { source, shape: await createShape(makers, source, request) }
      }),
    async end(cancel) {
      if (cancel) hd.abort()
      await hd.close()
      reporter.end()
    },
  }
}

/** The request of an id that the session wants. @throws Error like {@link Session.load} */
export function requestOf(id: string): { file: string; request: HdRequest } {
  const parsed = inOneLine(() => parseRequest(id))
  if (!parsed) throw new TypeError(`not a '?hd' id: ${id}`)
  return parsed
}

/**
 * Bundlers print the message of an error and little else, so the file and the code belong into it. The code stays a
 * property as well.
 */
export function toBundlerError(error: unknown): unknown {
  if (!isHdError(error)) return error
  return Object.assign(new Error(formatError(error), { cause: error }), { code: error.code, file: error.file })
}

function inOneLine<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw toBundlerError(error)
  }
}

async function inOneLineAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toBundlerError(error)
  }
}
