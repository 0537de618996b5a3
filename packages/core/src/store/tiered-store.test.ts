import { rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from './cache-folder.ts'
import { DiskStore } from './disk-store.ts'
import { tieredStore } from './tiered-store.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourfulPng } from '../testing/images.ts'
import { memoryStore } from '../testing/store.ts'

const KEY = 'a'.repeat(64)
const ENTRY = { meta: { mark: 1 }, bytes: Uint8Array.of(1, 2, 3) }
const failing = async (): Promise<never> => {
  throw new Error('out of reach')
}

describe('a tiered store of two folders', () => {
  test('writes to both, and reads missing entries from far once', async () => {
    const [nearDir, farDir] = [await temporaryFolder(), await temporaryFolder()]
    const store = tieredStore(new DiskStore(nearDir), new DiskStore(farDir))
    await store.put(KEY, ENTRY)
    await store.flush?.()
    expect((await new DiskStore(farDir).get(KEY))?.bytes).toEqual(Buffer.from(ENTRY.bytes))

    const elsewhere = await temporaryFolder()
    const second = tieredStore(new DiskStore(elsewhere), new DiskStore(farDir))
    expect(await second.has(KEY)).toBe(true)
    expect((await second.get(KEY))?.meta).toEqual(ENTRY.meta)
    expect((await new DiskStore(elsewhere).get(KEY))?.meta).toEqual(ENTRY.meta)

    await rm(cacheFolder(farDir).owned, { recursive: true })
    expect((await second.get(KEY))?.meta).toEqual(ENTRY.meta)
    await second.delete(KEY)
    expect(await second.has(KEY)).toBe(false)
  })

  test('serves a second machine: an image is upscaled once for both', async () => {
    const farDir = await temporaryFolder()
    const bytes = await colourfulPng(12, 9)
    const upscaler = repeater()
    const made: Uint8Array[] = []
    for (let machine = 0; machine < 2; machine++) {
      const store = tieredStore(new DiskStore(await temporaryFolder()), new DiskStore(farDir))
      const { hd, source } = await workshop({ upscaler, cache: { store } })
      const asset = await hd.job(await source('a.png', bytes), { format: 'webp' }).make()
      made.push(Buffer.from(asset.bytes))
      await hd.close()
    }
    expect(upscaler.calls).toHaveLength(1)
    expect(made[1]).toEqual(made[0])
  })

  test('has the location, the locks, the memos and the items of near', async () => {
    const near = new DiskStore(await temporaryFolder())
    const store = tieredStore(near, new DiskStore(await temporaryFolder()))
    expect(store.location).toBe(near.location)
    const lock = await store.locks!.tryLock(KEY)
    expect(await near.locks.tryLock(KEY)).toBeUndefined()
    await lock!.release()
    await store.memo!('paid').set('id', '7')
    expect(await near.memo('paid').get('id')).toBe('7')
    await near.put(KEY, ENTRY)
    const keys: string[] = []
    for await (const { key } of store.list()) keys.push(key)
    expect(keys).toEqual([KEY])
  })
})

describe('a far store that fails', () => {
  test('is a miss, is reported, and does not affect near', async () => {
    const errors: unknown[] = []
    const far = memoryStore({ get: failing, put: failing, has: failing, delete: failing, flush: failing })
    const store = tieredStore(memoryStore(), far, (error) => void errors.push(error))
    expect(await store.get(KEY)).toBeUndefined()
    expect(await store.has(KEY)).toBe(false)
    await store.put(KEY, ENTRY)
    await store.flush?.()
    expect(await store.get(KEY)).toEqual(ENTRY)
    await store.delete(KEY)
    expect(errors).toHaveLength(5)
  })

  test('and is slow delays only the end, not the images', async () => {
    let finish!: () => void
    const far = memoryStore({ put: () => new Promise((resolve) => (finish = resolve)) })
    const store = tieredStore(memoryStore(), far)
    await store.put(KEY, ENTRY)
    let flushed = false
    const flushing = store.flush!().then(() => (flushed = true))
    await store.get(KEY)
    expect(flushed).toBe(false)
    finish()
    await flushing
  })
})

test('a near store that is not writable still returns entries of far', async () => {
  const far = memoryStore()
  far.entries.set(KEY, ENTRY)
  expect(await tieredStore(memoryStore({ put: failing }), far).get(KEY)).toEqual(ENTRY)
})
