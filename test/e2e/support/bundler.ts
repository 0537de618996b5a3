import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sharp from 'sharp'
import type { HdOptions } from 'unplugin-hd/rollup'
import { listFiles, type Project } from './project.ts'

/** What the shared tests ask of a bundler beside the plugin; everything else is the bundler's default. */
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
  /** Left out: the bundler has no watcher that a plugin takes part in. */
  watch?(project: Project, options: HdOptions): Promise<Watcher>
}

export interface Watcher {
  /**
   * What `look` finds in the first build that shows it. One change may be seen as two, and be built twice, so a build proves
   * nothing by being the next one: `look` throws (a failed expectation) or gives `undefined` for one that does not show it yet.
   * @param again called now and then while none does: bundlers begin to watch a file at some time after the build that read it
   * @throws Error with what was wrong with the last build, when none shows it in time
   */
  until<T>(look: (built: Built) => T | Promise<T>, again?: () => Promise<void>): Promise<NonNullable<T>>
  /** The error of the first build that fails with such a message. @throws Error when none does so in time */
  failure(message: RegExp): Promise<Error>
  close(): Promise<void>
}

/** Long for a build of a few small files, on whatever machine. */
const PATIENCE_MS = 50_000

/** Longer than most builds, so that it is rarely needed. */
const AGAIN_MS = 5_000

/** @param next the builds in their order, each of them once; a rejection is a build that failed */
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

/** What the first `look` that finds something gives. @throws Error with the last failure when none does in time */
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
  /** Without code, source maps and pages. */
  readonly images: readonly string[]
  readonly warnings: readonly string[]
  /** Runs the entry, as an ES module of Node, and gives what it exports. */
  run(): Promise<Record<string, any>>
  /** The file in `dist` that a URL of a value means. */
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

/** Width, height and format of the file that a URL means. */
export async function facts(built: Built, url: string): Promise<{ width: number; height: number; format: string }> {
  const { width, height, format } = await sharp(built.file(url)).metadata()
  return { width, height, format }
}

/** True for what Rolldown says of plugins that took long, which says something of the machine, not of the build. */
export function isTiming(warning: string): boolean {
  return /(?:PLUGIN|BUNDLER)_TIMINGS|spent significant time/.test(warning)
}

/** Collects what events bring, for those who wait. */
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
