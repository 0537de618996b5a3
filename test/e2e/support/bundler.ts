import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import type { HdOptions } from 'unplugin-hd/rollup'
import { listFiles, type Project } from './project.ts'

/** Settings of the shared tests; everything else is the bundler's default. */
export interface BuildSettings {
  /** @default 'main.js' */
  entry?: string
  /** Absolute folder by prefix: `{ '@pics': '/…/images' }`. */
  alias?: Readonly<Record<string, string>>
  minify?: boolean
  sourcemap?: boolean
  /** webpack's and Rspack's `mode: 'development'`. */
  development?: boolean
}

export interface Bundler {
  readonly name: string
  /** @throws Error with the messages of the bundler's errors */
  build(project: Project, options: HdOptions, settings?: BuildSettings): Promise<Built>
  /** Missing if plugins cannot take part in the bundler's watch mode. */
  watch?(project: Project, options: HdOptions): Promise<Watcher>
}

export interface Watcher {
  /**
   * Waits for the first build in which `look` finds something. One change may cause two builds, so `look` throws (a failed expectation) or
   * returns `undefined` for a build that does not show it yet.
   * @param again called from time to time until then: bundlers start to watch a file only some time after the build that read it
   * @throws Error with the failure of the last build, on timeout
   */
  until<T>(look: (built: Built) => T | Promise<T>, again?: () => Promise<void>): Promise<NonNullable<T>>
  /** The error of the first build that fails with such a message. @throws Error on timeout */
  failure(message: RegExp): Promise<Error>
  close(): Promise<void>
}

/** Enough for a build of a few small files on any machine. */
const PATIENCE_MS = 50_000

/** Longer than most builds, so that it is rarely reached. */
const AGAIN_MS = 5_000

/** @param next returns the builds in order; a rejection is a failed build */
export function createWatcher(next: () => Promise<Built>, close: () => Promise<void>): Watcher {
  return {
    until: (look, again) => firstFound(async () => look(await next()), again),
    failure: (message) =>
      firstFound(() =>
        next().then(
          () => undefined,
          (error: unknown) => (error instanceof Error && message.test(error.message) ? error : undefined),
        ),
      ),
    close,
  }
}

/** The result of the first `look` that finds something. @throws Error with the last failure, on timeout */
async function firstFound<T>(
  look: () => Promise<T>,
  again: () => Promise<void> = async () => undefined,
): Promise<NonNullable<T>> {
  let last: unknown
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no build showed it', { cause: last })), PATIENCE_MS)
  })
  const search = async (): Promise<NonNullable<T>> => {
    for (;;) {
      try {
        const found = await look()
        if (found !== undefined && found !== null) return found
      } catch (error) {
        last = error
      }
    }
  }
  const reminder = setInterval(() => void again(), AGAIN_MS)
  try {
    return await Promise.race([search(), timeout])
  } finally {
    clearTimeout(timer)
    clearInterval(reminder)
  }
}

/** A build that was written to `dist`. */
export interface Built {
  /** Names of the written files, relative to `dist`. */
  readonly files: readonly string[]
  /** Files other than code, source maps and pages. */
  readonly images: readonly string[]
  readonly warnings: readonly string[]
  /** Runs the entry as an ES module in Node, and returns its exports. */
  run(): Promise<Record<string, any>>
  /** The file in `dist` for a URL in a value. */
  file(url: string): string
}

const nativeImport = createRequire(import.meta.url)('./native-import.cjs') as (url: string) => Promise<Record<string, any>>
let imports = 0

export async function describeBuilt(dist: string, warnings: readonly string[], entry: string = 'main.js'): Promise<Built> {
  const files = await listFiles(dist)
  return {
    files,
    images: files.filter((name) => !/\.(?:[cm]?js|css|html|map|txt)$/.test(name)),
    warnings,
    run: () => nativeImport(`${pathToFileURL(path.join(dist, entry)).href}?${++imports}`),
    file: (url) => (url.startsWith('file:') ? fileURLToPath(url) : path.join(dist, decodeURI(url))),
  }
}

/** Width, height and format of the file for a URL. */
export async function facts(built: Built, url: string): Promise<{ width: number; height: number; format: string }> {
  const { width, height, format } = await sharp(built.file(url)).metadata()
  return { width, height, format }
}

/** True for Rolldown's warnings about slow plugins, which depend on the machine. */
export function isTiming(warning: string): boolean {
  return /(?:PLUGIN|BUNDLER)_TIMINGS|spent significant time/.test(warning)
}

/** A queue of values from events. */
export function createQueue<T>(): { push: (item: T) => void; next: () => Promise<T> } {
  const items: T[] = []
  const waiting: ((item: T) => void)[] = []
  return {
    push(item) {
      const first = waiting.shift()
      if (first) first(item)
      else items.push(item)
    },
    next: () => (items.length > 0 ? Promise.resolve(items.shift()!) : new Promise((resolve) => waiting.push(resolve))),
  }
}
