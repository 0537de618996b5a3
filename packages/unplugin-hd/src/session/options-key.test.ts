import { resample, resolveOptions, type CoreOptions, type Upscaler } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { optionsKey } from './options-key.ts'

function keyOf(options: CoreOptions, root: string = '/one', stub: boolean = false): string {
  return optionsKey({ ...resolveOptions(options, { root, env: {}, defaultUpscaler: resample }), stub })
}

function own(facts: Partial<Upscaler>): Upscaler {
  return { name: 'own', version: '1', upscale: () => Promise.reject(new Error('not called')), ...facts }
}

test('every option that changes bytes or values changes the key', () => {
  const keys = [
    {},
    { upscaler: own({}) },
    { upscaler: own({ name: 'other' }) },
    { upscaler: own({ version: '2' }) },
    { upscaler: own({ accepts: { maxBytes: 5 } }) },
    { upscaler: [own({}), resample()] },
    { upscaler: [resample(), own({})] },
    { mode: 'off' },
    { mode: 'cache-only' },
    { onError: 'source' },
    { onError: 'resample' },
    { format: 'webp' },
    { quality: 84 },
    { maxPixels: 1000 },
  ].map((options) => keyOf(options as CoreOptions))
  keys.push(keyOf({}, '/one', true))
  expect(new Set(keys).size).toBe(keys.length)
})

test('paths, speed and explicit defaults do not change the key', () => {
  const key = keyOf({})
  expect(keyOf({}, '/two')).toBe(key)
  expect(keyOf({ cache: { dir: 'elsewhere', maxBytes: 1 }, concurrency: 7 })).toBe(key)
  expect(keyOf({ mode: 'on', onError: 'fail', quality: 85, upscaler: [resample()] })).toBe(key)
})

test('the key is short and fits into a query', () => {
  expect(keyOf({})).toMatch(/^[\da-f]{16}$/)
})

test("'jpg' and 'jpeg' have the same key", () => {
  expect(keyOf({ format: 'jpg' })).toBe(keyOf({ format: 'jpeg' }))
  const accepting = (format: 'jpg' | 'jpeg'): string => keyOf({ upscaler: own({ accepts: { formats: [format] } }) })
  expect(accepting('jpg')).toBe(accepting('jpeg'))
})
