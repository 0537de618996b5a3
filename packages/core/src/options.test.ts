import { availableParallelism } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { DEFAULTS } from './defaults.ts'
import { resolveOptions, type CoreOptions, type ResolvedOptions } from './options.ts'
import { hdErrorOf } from './testing/errors.ts'
import { repeater } from './testing/hd.ts'
import type { Upscaler } from './upscaler/upscaler.ts'

const ROOT = path.resolve('/project')
const FALLBACK = repeater({ name: 'default' })

function resolve(options: object = {}, env: Record<string, string | undefined> = {}): ResolvedOptions {
  return resolveOptions(options as CoreOptions, { root: ROOT, env, defaultUpscaler: () => FALLBACK })
}

describe('options', () => {
  test('that are not set have defaults', () => {
    expect(resolve()).toEqual({
      upscalers: [FALLBACK],
      mode: DEFAULTS.mode,
      modeFrom: 'default',
      onError: DEFAULTS.onError,
      cache: { dir: path.join(ROOT, DEFAULTS.cacheDir), maxBytes: DEFAULTS.cacheMaxBytes },
      format: undefined,
      quality: DEFAULTS.quality,
      maxPixels: DEFAULTS.maxPixels,
      concurrency: availableParallelism(),
      root: ROOT,
    })
  })

  test('that are set are kept', () => {
    const upscaler = repeater()
    const options = {
      upscaler: [upscaler, FALLBACK],
      mode: 'cache-only',
      onError: 'resample',
      cache: { dir: 'images', maxBytes: 0 },
      format: 'avif',
      quality: 1,
      maxPixels: 1,
      concurrency: 1,
    } as const
    expect(resolve(options)).toEqual({
      ...options,
      modeFrom: 'option',
      upscaler: undefined,
      upscalers: [upscaler, FALLBACK],
      cache: { dir: path.join(ROOT, 'images'), maxBytes: 0 },
      root: ROOT,
    })
  })

  test('do not create the default upscaler if another one is set', () => {
    let made = 0
    const defaultUpscaler = (): Upscaler => {
      made++
      return FALLBACK
    }
    resolveOptions({ upscaler: repeater() }, { root: ROOT, env: {}, defaultUpscaler })
    expect(made).toBe(0)
    resolveOptions({}, { root: ROOT, env: {}, defaultUpscaler })
    expect(made).toBe(1)
  })

  test('override the environment, which overrides the defaults', () => {
    const env = { UNPLUGIN_HD_MODE: 'off', UNPLUGIN_HD_CACHE_DIR: 'from-env' }
    expect(resolve({}, env)).toMatchObject({ mode: 'off', cache: { dir: path.join(ROOT, 'from-env') } })
    expect(resolve({ mode: 'on', cache: { dir: 'own' } }, env)).toMatchObject({
      mode: 'on',
      cache: { dir: path.join(ROOT, 'own') },
    })
    expect(resolve({ cache: { maxBytes: 7 } }, env).cache).toEqual({ dir: path.join(ROOT, 'from-env'), maxBytes: 7 })
    expect(resolve({}, { UNPLUGIN_HD_MODE: '', UNPLUGIN_HD_CACHE_DIR: '' })).toMatchObject({
      mode: 'on',
      cache: { dir: path.join(ROOT, DEFAULTS.cacheDir) },
    })
  })

  test('keep an absolute cache folder', () => {
    const dir = path.resolve('/elsewhere/cache')
    expect(resolve({ cache: { dir } }).cache.dir).toBe(dir)
  })

  test("accept 'jpg' as 'jpeg'", () => {
    expect(resolve({ format: 'jpg' }).format).toBe('jpeg')
    expect(() => resolve({ upscaler: repeater({ accepts: { formats: ['jpg', 'png'] } }) })).not.toThrow()
  })

  test("do not modify the caller's objects", () => {
    const chain = Object.freeze([repeater()])
    const options = Object.freeze({ upscaler: chain, cache: Object.freeze({ dir: 'x' }), quality: 50 })
    const resolved = resolve(options)
    expect(resolved.upscalers).not.toBe(chain)
    expect(options).toEqual({ upscaler: chain, cache: { dir: 'x' }, quality: 50 })
  })
})

const accepts = (value: object): object => ({ upscaler: { ...repeater(), accepts: value } })

describe('a wrong option', () => {
  const cases: [options: object, env: Record<string, string>, ...names: string[]][] = [
    [{ qualty: 3 }, {}, "unplugin-hd: the option 'qualty' is unknown", "Did you mean 'quality'?", "'upscaler'"],
    [{ cache: { path: 'x' } }, {}, "'cache.path' is unknown", "'dir'", "'maxBytes'"],
    [{ cache: 'x' }, {}, "'cache' is 'x'", 'an object'],
    [{ cache: { dir: '' } }, {}, "'cache.dir' is ''", 'a path'],
    [{ cache: { dir: 3 } }, {}, "'cache.dir' is 3", 'a path'],
    [{ cache: { store: { get: () => undefined } as never } }, {}, "'cache.store' is an object", "'get', 'put', 'has'"],
    [{ cache: { store: 'redis' as never } }, {}, "'cache.store' is 'redis'", "'get', 'put', 'has'"],
    [{ cache: { maxBytes: -1 } }, {}, "'cache.maxBytes' is -1", 'at least 0'],
    [{ cache: { maxBytes: '2GB' } }, {}, "'cache.maxBytes' is '2GB'", 'at least 0'],
    [{ mode: 'dev' }, {}, "'mode' is 'dev'", "'on', 'cache-only', 'off'"],
    [{ mode: 'cacheonly' }, {}, "'mode' is 'cacheonly'", "Did you mean 'cache-only'?"],
    [{ mode: null }, {}, "'mode' is null", "'on'"],
    [{}, { UNPLUGIN_HD_MODE: 'no' }, "'UNPLUGIN_HD_MODE' is 'no'", "'on', 'cache-only', 'off'"],
    [{ onError: 'ignore' }, {}, "'onError' is 'ignore'", "'fail', 'resample', 'source'"],
    [{ format: 'gif' }, {}, "'format' is 'gif'", "'jpeg', 'png', 'webp', 'avif'"],
    [{ quality: 0 }, {}, "'quality' is 0", 'from 1 to 100'],
    [{ quality: 101 }, {}, "'quality' is 101", 'from 1 to 100'],
    [{ quality: 85.5 }, {}, "'quality' is 85.5", 'from 1 to 100'],
    [{ quality: '85' }, {}, "'quality' is '85'", 'from 1 to 100'],
    [{ quality: Number.NaN }, {}, "'quality' is NaN", 'from 1 to 100'],
    [{ maxPixels: 0 }, {}, "'maxPixels' is 0", 'at least 1'],
    [{ maxPixels: Infinity }, {}, "'maxPixels' is Infinity", 'at least 1'],
    [{ concurrency: 0 }, {}, "'concurrency' is 0", 'at least 1'],
    [{ upscaler: [] }, {}, "'upscaler'", 'at least one'],
    [{ upscaler: 'neural' }, {}, "'upscaler' is 'neural'", '`upscale`'],
    [{ upscaler: [repeater(), null] }, {}, "'upscaler' is null", '`upscale`'],
    [{ upscaler: { name: '', version: '1', upscale() {} } }, {}, "'upscaler' is an object", '`name`'],
    [{ upscaler: { name: 'x', upscale() {} } }, {}, "'upscaler' is an object", '`version`'],
    [accepts({ formats: ['gif'] }), {}, "'accepts.formats' of the upscaler 'repeater' is 'gif'", "'jpeg', 'png', 'webp'"],
    [accepts({ maxBytes: 0 }), {}, "'accepts.maxBytes' of the upscaler 'repeater' is 0", 'at least 1'],
    [accepts({ maxPixels: Number.NaN }), {}, "'accepts.maxPixels' of the upscaler 'repeater' is NaN", 'at least 1'],
  ]
  test.each(cases)('%j (env %j) is refused with its name and the allowed values', async (options, env, ...names) => {
    const error = await hdErrorOf(() => resolve(options, env))
    expect(error.code).toBe('HD_OPTION')
    for (const name of names) expect(error.message).toContain(name)
  })
})
