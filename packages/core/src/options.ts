import { availableParallelism } from 'node:os'
import { cacheDir } from './cache-dir.ts'
import { DEFAULTS } from './defaults.ts'
import { HdError } from './errors.ts'
import { canonicalFormat, isOutputFormat, OUTPUT_FORMATS, type NamedFormat, type OutputFormat } from './request/format.ts'
import type { Store } from './store/store.ts'
import { nearestTo, quoted, refuseUnknown } from './unknown.ts'
import { DEFAULT_FACTORS } from './upscaler/passes.ts'
import type { UploadFormat, Upscaler, UpscalerAccepts } from './upscaler/upscaler.ts'

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
  /** The most images processed at once; memory has a bound of its own. @default the number of cores */
  concurrency?: number
}

/** All options with their defaults filled in. */
export interface ResolvedOptions {
  upscalers: readonly Upscaler[]
  mode: Mode
  /** Where `mode` comes from. */
  modeFrom: 'option' | 'environment' | 'default'
  onError: OnError
  cache: { dir: string; maxBytes: number; store?: Store }
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
}

/** The owner of the options in messages. */
const OWNER = 'unplugin-hd'

/** The keys of {@link CoreOptions}; adapters add their own. */
export const CORE_KEYS: readonly (keyof CoreOptions)[] = [
  'upscaler',
  'mode',
  'onError',
  'cache',
  'format',
  'quality',
  'maxPixels',
  'concurrency',
]

/**
 * Resolves the options: the user's value, then the environment, then the default.
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveOptions(options: CoreOptions, { root, env, defaultUpscaler }: OptionsContext): ResolvedOptions {
  refuseUnknown(options, CORE_KEYS, OWNER)
  const cache = options.cache ?? {}
  if (typeof cache !== 'object') throw wrong('cache', 'an object', cache)
  refuseUnknown(cache, ['dir', 'maxBytes', 'store'], OWNER, 'cache.')
  const { dir } = cache
  if (dir !== undefined && (typeof dir !== 'string' || dir === '')) throw wrong('cache.dir', 'a path', dir)
  const format = options.format === undefined ? undefined : canonicalFormat<string>(options.format)
  if (format !== undefined && !isOutputFormat(format)) throw wrong('format', quoted(OUTPUT_FORMATS), format)
  return {
    upscalers: resolveUpscalers(options.upscaler, defaultUpscaler),
    mode: options.mode === undefined ? modeOf(env) : oneOf('mode', MODES, options.mode),
    modeFrom: options.mode === undefined ? (env['UNPLUGIN_HD_MODE'] ? 'environment' : 'default') : 'option',
    onError: oneOf('onError', ON_ERROR, options.onError ?? DEFAULTS.onError),
    cache: {
      dir: cacheDir(dir, { root, env }),
      maxBytes: integer('cache.maxBytes', cache.maxBytes ?? DEFAULTS.cacheMaxBytes, 0),
      ...(cache.store !== undefined && { store: checkStore(cache.store) }),
    },
    format,
    quality: integer('quality', options.quality ?? DEFAULTS.quality, 1, 100),
    maxPixels: integer('maxPixels', options.maxPixels ?? DEFAULTS.maxPixels, 1),
    concurrency: integer('concurrency', options.concurrency ?? availableParallelism(), 1),
    root,
  }
}

function modeOf(env: OptionsContext['env']): Mode {
  return oneOf('UNPLUGIN_HD_MODE', MODES, env['UNPLUGIN_HD_MODE'] || DEFAULTS.mode)
}

function resolveUpscalers(value: CoreOptions['upscaler'], defaultUpscaler: () => Upscaler): readonly Upscaler[] {
  const upscalers: readonly unknown[] = value === undefined ? [defaultUpscaler()] : Array.isArray(value) ? [...value] : [value]
  if (upscalers.length === 0) throw wrong('upscaler', 'at least one upscaler', '[]')
  for (const upscaler of upscalers) {
    const { name, version, upscale } = (upscaler ?? {}) as Partial<Upscaler>
    if (typeof name !== 'string' || name === '' || typeof version !== 'string' || typeof upscale !== 'function') {
      throw wrong('upscaler', 'an object with `name`, `version` (both text) and `upscale` (a function)', upscaler)
    }
    checkAccepts(name, (upscaler as Upscaler).accepts ?? {})
    checkFactors(name, (upscaler as Upscaler).factors ?? DEFAULT_FACTORS)
  }
  return upscalers as readonly Upscaler[]
}

const STORE_METHODS = ['get', 'put', 'has', 'delete', 'list'] as const satisfies readonly (keyof Store)[]

function checkStore(store: Store): Store {
  const given: Partial<Store> = typeof store === 'object' && store !== null ? store : {}
  if (STORE_METHODS.every((method) => typeof given[method] === 'function')) return store
  throw wrong('cache.store', `an object with the methods ${quoted(STORE_METHODS)}`, store)
}

function checkAccepts(upscaler: string, { formats = [], maxBytes, maxPixels }: UpscalerAccepts): void {
  const of = `' of the upscaler '${upscaler}`
  const unknown = formats.find((format) => !(UPLOAD_FORMATS as readonly string[]).includes(canonicalFormat(format)))
  if (unknown !== undefined) throw wrong(`accepts.formats${of}`, quoted(UPLOAD_FORMATS), unknown)
  if (maxBytes !== undefined && maxBytes !== Infinity) integer(`accepts.maxBytes${of}`, maxBytes, 1)
  if (maxPixels !== undefined && maxPixels !== Infinity) integer(`accepts.maxPixels${of}`, maxPixels, 1)
}

function checkFactors(upscaler: string, factors: unknown): void {
  const option = `factors' of the upscaler '${upscaler}`
  if (!Array.isArray(factors) || factors.length === 0) throw wrong(option, 'a list of whole numbers', factors)
  for (const factor of factors) integer(option, factor, 2, MAX_PASS)
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: string): T {
  if ((allowed as readonly string[]).includes(value)) return value as T
  const nearest = typeof value === 'string' ? nearestTo(value, allowed) : undefined
  throw wrong(name, quoted(allowed), value, nearest && `Did you mean '${nearest}'?`)
}

function integer(name: string, value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw wrong(
    name,
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
    value,
  )
}

function wrong(name: string, expected: string, actual: unknown, remedy?: string): HdError {
  const shown =
    typeof actual === 'string'
      ? `'${actual}'`
      : Array.isArray(actual)
        ? 'a list'
        : typeof actual === 'object' && actual !== null
          ? 'an object'
          : String(actual)
  return new HdError('HD_OPTION', `${OWNER}: the option '${name}' is ${shown}, expected ${expected}`, { remedy })
}
