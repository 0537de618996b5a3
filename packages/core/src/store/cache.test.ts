import { expect, test } from 'vitest'
import { Cache } from './cache.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourfulPng } from '../testing/images.ts'
import { memoryStore } from '../testing/store.ts'

const KEY = 'a'.repeat(64)
const failing = async (): Promise<never> => {
  throw new Error('out of reach')
}

test('a custom store keeps everything, and no folder is created', async () => {
  const store = memoryStore()
  const upscaler = repeater()
  const { hd, source } = await workshop({ upscaler, cache: { store } })
  const image = await source('a.png', await colourfulPng(8, 6))
  const made = await hd.job(image, { format: 'webp' }).make()
  expect(hd.store).toBe(store)
  expect([...store.entries.keys()]).toHaveLength(2)
  expect(store.entries.get(made.key)?.bytes).toEqual(made.bytes)
  expect((await hd.job(image, { format: 'webp' }).make()).bytes).toEqual(made.bytes)
  expect(upscaler.calls).toHaveLength(1)
})

test('two stores without a location do not share work', async () => {
  const upscaler = repeater()
  const stores = [memoryStore(), memoryStore()]
  const bytes = await colourfulPng(8, 6)
  await Promise.all(
    stores.map(async (store) => {
      const { hd, source } = await workshop({ upscaler, cache: { store } })
      await hd.job(await source('a.png', bytes)).make()
    }),
  )
  expect(stores.map(({ entries }) => entries.size)).toEqual([1, 1])
  expect(upscaler.calls).toHaveLength(2)
})

test('a store that throws causes one warning, not a failure', async () => {
  const store = memoryStore({
    location: 'https://cache.example',
    get: failing,
    put: failing,
    has: failing,
    trim: failing,
    flush: failing,
  })
  const { hd, source, warnings } = await workshop({ upscaler: repeater(), cache: { store } })
  const asset = await hd.job(await source('a.png', await colourfulPng(8, 6))).make()
  await hd.close()
  expect(asset).toMatchObject({ width: 16, height: 12 })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/the cache https:\/\/cache\.example cannot be read.*out of reach \(HD_CACHE_IO\)/)
})

test('an entry that is not a valid image is a miss', async () => {
  const store = memoryStore()
  const upscaler = repeater()
  const { hd, source } = await workshop({ upscaler, cache: { store } })
  const image = await source('a.png', await colourfulPng(8, 6))
  await hd.job(image).make()
  for (const key of store.entries.keys()) store.entries.set(key, { meta: { upscaler: 7 }, bytes: Uint8Array.of(0) })
  expect(await hd.job(image).find()).toBeUndefined()
  expect(await hd.job(image).make()).toMatchObject({ width: 16, height: 12 })
  expect(upscaler.calls).toHaveLength(2)
})

test('without memos in the store, an upscaler remembers values within the process', async () => {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const store = memoryStore()
  await new Cache(store, 1, log).memo('paid').set('id', '7')
  expect(await new Cache(store, 1, log).memo('paid').get('id')).toBe('7')
  expect(await new Cache(store, 1, log).memo('other').get('id')).toBeUndefined()
  expect(await new Cache(memoryStore(), 1, log).memo('paid').get('id')).toBeUndefined()
  await expect(new Cache(store, 1, log).memo('paid').set('id', 'x'.repeat(70_000))).rejects.toThrow(/65536/)
})

test('without locks in the store, work runs at once', async () => {
  const cache = new Cache(memoryStore(), 1, { debug: () => undefined, info: () => undefined, warn: () => undefined })
  expect(await cache.runAlone(KEY, async () => 1)).toEqual({ result: 1 })
})
