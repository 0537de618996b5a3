import { cacheDir } from './cache-dir.ts'
import { DEFAULTS } from './defaults.ts'
import { guarded, integer, oneOf, type Options, required, string, unchecked } from './options/option.ts'
import { readOption, readOptions, refusedOption, show } from './options/read.ts'
import { canonicalFormat, OUTPUT_FORMATS, type NamedFormat, type OutputFormat } from './request/format.ts'
import {
  REMOTE_SETTINGS,
  remoteOption,
  type RemoteDescription,
  type RemoteOptions,
  type RemoteStorage,
  type ResolvedRemote,
} from './options/remote.ts'
import type { RemoteStore, Store } from './store/store.ts'
import { availableCores } from './schedule/cores.ts'
import { quoted } from './unknown-keys.ts'
import { DEFAULT_FACTORS } from './upscaler/passes.ts'
import type { Logger, UploadFormat, Upscaler, UpscalerAccepts } from './upscaler/upscaler.ts'

export const MODES = ['on', 'cache-only', 'off'] as const
export type Mode = (typeof MODES)[number]

/** The largest factor of a single pass. */
const MAX_PASS = 8

const UPLOAD_FORMATS = ['jpeg', 'png', 'webp'] as const satisfies readonly UploadFormat[]

export const ON_ERROR = ['fail', 'resample', 'source'] as const
export type OnError = (typeof ON_ERROR)[number]

export interface CacheOptions {
  /**
   * The folder, relative to that of the nearest `package.json` from the bundler's root upwards, or absolute. May be committed.
   * @default 'node_modules/.cache/unplugin-hd'
   */
  dir?: string
  /** The most bytes it may hold; beyond them the least recently used entries go. @default 2147483648 (2 GiB) */
  maxBytes?: number
  /**
   * A `Store` to use instead of the folder `dir`. `maxBytes` then applies only if the store has `trim`. @default the folder `dir`
   */
  store?: Store
  /**
   * A store that several machines share, behind the one on this machine: a URL (`https:`, `http:`, `s3:`, `redis:`), an object with
   * `getItemRaw`, `setItemRaw` and `hasItem` as unstorage has, or `RemoteOptions`. Needs the package `@unplugin-hd/remote-cache`.
   * Nothing is sent in CI unless `UNPLUGIN_HD_REMOTE=rw`.
   * @default none
   */
  remote?: string | RemoteStorage | RemoteOptions
}

/** The options of image processing. */
export interface CoreOptions {
  /** One upscaler, or a list: a fallback chain, first to last. @default neural() */
  upscaler?: Upscaler | readonly Upscaler[]
  /**
   * `on`: make what is missing. `cache-only`: never upscale; a miss is an error (`HD_CACHE_MISS`). `off`: every import gives
   * the source itself, at 1x. This option takes precedence over the environment variable `UNPLUGIN_HD_MODE`.
   * @default 'on'
   */
  mode?: Mode
  /**
   * When no upscaler succeeds. `fail`: the build fails. `resample`: an exact 2x by interpolation. `source`: the source at 1x,
   * and no 2x descriptor. The latter two warn.
   * @default 'fail'
   */
  onError?: OnError
  cache?: CacheOptions
  /** The format of all variants; `jpg` is `jpeg`. @default the source's own (PNG for GIF and TIFF) */
  format?: NamedFormat<OutputFormat>
  /** 1 to 100, for the formats that have a quality. @default 85 */
  quality?: number
  /** The most pixels (width times height) of a result, and of the 4x that a 3x is made from. @default 50000000 */
  maxPixels?: number
  /** The most images processed at once; memory is limited separately. @default the number of cores */
  concurrency?: number
}

/** All options with their defaults filled in. */
export interface ResolvedOptions {
  upscalers: readonly Upscaler[]
  mode: Mode
  /** Where `mode` comes from. */
  modeFrom: 'option' | 'environment' | 'default'
  onError: OnError
  cache: { dir: string; maxBytes: number; store?: Store; remote?: OpenRemote }
  format: OutputFormat | undefined
  quality: number
  maxPixels: number
  concurrency: number
  /** Absolute path; messages name files relative to it. */
  root: string
}

export interface OptionsContext {
  /** Absolute path that relative ones are resolved against. */
  root: string
  env: Readonly<Record<string, string | undefined>>
  defaultUpscaler: () => Upscaler
  /** What `cache.remote` is opened by. @default the option is refused */
  remote?: (remote: ResolvedRemote, context: Pick<OptionsContext, 'root' | 'env'>) => OpenRemote
}

/** Connects to a shared store; what is wrong there is a warning. */
export type OpenRemote = (log: Logger) => RemoteStore

/** The owner of the options in messages. */
const OWNER = 'unplugin-hd'

interface ReadCacheOptions {
  dir: string | undefined
  maxBytes: number
  store: Store | undefined
  remote: RemoteDescription | undefined
}

const STORE_METHODS = ['get', 'put', 'has', 'delete', 'list'] as const satisfies readonly (keyof Store)[]

function isStore(value: unknown): value is Store {
  const given: Partial<Store> = typeof value === 'object' && value !== null ? value : {}
  return STORE_METHODS.every((method) => typeof given[method] === 'function')
}

const CACHE_OPTIONS: Options<ReadCacheOptions> = {
  dir: string('a path'),
  maxBytes: integer({ min: 0, default: DEFAULTS.cacheMaxBytes }),
  store: guarded(`an object with the methods ${quoted(STORE_METHODS)}`, isStore),
  remote: remoteOption(OWNER, 'cache.remote.'),
}

type ReadOptions = Omit<ResolvedOptions, 'upscalers' | 'mode' | 'modeFrom' | 'cache' | 'root'> & {
  upscaler: unknown
  mode: Mode | undefined
  cache: ReadCacheOptions
}

/** The schema of {@link CoreOptions}; adapters add their own. */
export const CORE_OPTIONS: Options<ReadOptions> = {
  upscaler: unchecked(),
  mode: oneOf(MODES),
  onError: oneOf(ON_ERROR, DEFAULTS.onError),
  cache: {
    expected: 'an object',
    parse: (value) => (typeof value === 'object' ? readOptions(OWNER, value, CACHE_OPTIONS, 'cache.') : undefined),
    default: {},
  },
  format: {
    expected: quoted(OUTPUT_FORMATS),
    parse: (value) => OUTPUT_FORMATS.find((format) => format === canonicalFormat(value as OutputFormat)),
    names: OUTPUT_FORMATS,
  },
  quality: integer({ min: 1, max: 100, default: DEFAULTS.quality }),
  maxPixels: integer({ min: 1, default: DEFAULTS.maxPixels }),
  concurrency: integer({ min: 1, default: availableCores() }),
}

/**
 * The complete options: the user's, otherwise from the environment, otherwise the default.
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveOptions(options: CoreOptions, context: OptionsContext): ResolvedOptions {
  const { root, env, defaultUpscaler } = context
  const { upscaler, mode, cache, ...read } = readOptions(OWNER, options, CORE_OPTIONS)
  const envMode = env['UNPLUGIN_HD_MODE'] || undefined
  const { dir, maxBytes, store, remote } = cache
  return {
    ...read,
    upscalers: resolveUpscalers(upscaler, defaultUpscaler),
    mode: mode ?? readOption(OWNER, 'UNPLUGIN_HD_MODE', envMode, oneOf(MODES, DEFAULTS.mode)),
    modeFrom: mode !== undefined ? 'option' : envMode === undefined ? 'default' : 'environment',
    cache: { dir: cacheDir(dir, { root, env }), maxBytes, ...(store && { store }), ...(remote && remoteOf(remote, context)) },
    root,
  }
}

function remoteOf(remote: RemoteDescription, { remote: open, root, env }: OptionsContext): { remote?: OpenRemote } {
  const setting = readOption(OWNER, 'UNPLUGIN_HD_REMOTE', env['UNPLUGIN_HD_REMOTE'] || undefined, oneOf(REMOTE_SETTINGS))
  if (setting === 'off') return {}
  if (!open) throw refusedOption(OWNER, 'cache.remote', 'set', "a 'cache.store' made by `tieredStore()` where no plugin opens it")
  return { remote: open({ ...remote, setting }, { root, env }) }
}

function resolveUpscalers(value: unknown, defaultUpscaler: () => Upscaler): readonly Upscaler[] {
  const upscalers: readonly unknown[] = value === undefined ? [defaultUpscaler()] : Array.isArray(value) ? [...value] : [value]
  if (upscalers.length === 0) throw refusedOption(OWNER, 'upscaler', 'an empty list', 'at least one upscaler')
  for (const upscaler of upscalers) {
    const { name, version, upscale } = (upscaler ?? {}) as Partial<Upscaler>
    if (typeof name !== 'string' || name === '' || typeof version !== 'string' || typeof upscale !== 'function') {
      const expected = 'an object with `name`, `version` (both strings) and `upscale` (a function)'
      throw refusedOption(OWNER, 'upscaler', show(upscaler), expected)
    }
    checkAccepts(name, (upscaler as Upscaler).accepts ?? {})
    checkFactors(name, (upscaler as Upscaler).factors ?? DEFAULT_FACTORS)
  }
  return upscalers as readonly Upscaler[]
}

function checkAccepts(upscaler: string, { formats = [], maxBytes, maxPixels }: UpscalerAccepts): void {
  const of = `' of the upscaler '${upscaler}`
  const unknown = formats.find((format) => !(UPLOAD_FORMATS as readonly string[]).includes(canonicalFormat(format)))
  if (unknown !== undefined) throw refusedOption(OWNER, `accepts.formats${of}`, show(unknown), quoted(UPLOAD_FORMATS))
  const limit = integer({ min: 1 })
  if (maxBytes !== Infinity) readOption(OWNER, `accepts.maxBytes${of}`, maxBytes, limit)
  if (maxPixels !== Infinity) readOption(OWNER, `accepts.maxPixels${of}`, maxPixels, limit)
}

function checkFactors(upscaler: string, factors: unknown): void {
  const name = `factors' of the upscaler '${upscaler}`
  if (!Array.isArray(factors) || factors.length === 0) throw refusedOption(OWNER, name, show(factors), 'a list of whole numbers')
  for (const factor of factors) readOption(OWNER, name, factor, required(integer({ min: 2, max: MAX_PASS })))
}
