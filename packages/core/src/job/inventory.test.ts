import { readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from '../store/cache-folder.ts'
import { DiskStore } from '../store/disk-store.ts'
import { inventory, type InventoryItem } from './inventory.ts'
import { createMemo } from '../store/memo.ts'
import { pruneCache } from '../store/prune.ts'
import { verifyCache } from '../store/verify-cache.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourfulPng } from '../testing/images.ts'

const HOUR = 60 * 60 * 1000

async function itemsOf(dir: string): Promise<InventoryItem[]> {
  const items: InventoryItem[] = []
  for await (const item of inventory(dir)) items.push(item)
  return items
}

/** A store with entries of 1000 bytes each, last used this many hours ago. */
async function storeWith(ages: Readonly<Record<string, number>>): Promise<string> {
  const dir = await temporaryFolder()
  const store = new DiskStore(dir)
  for (const letter of Object.keys(ages)) await store.put(letter.repeat(64), { meta: {}, bytes: new Uint8Array(1000) })
  for (const { key, file } of await itemsOf(dir)) {
    const then = new Date(Date.now() - ages[key[0]!]! * HOUR)
    await utimes(file, then, then)
  }
  return dir
}

const letters = (items: readonly { key: string }[]): string => items.map(({ key }) => key[0]).join('')

describe('the inventory', () => {
  test('lists kind, image, upscaler and size of every entry', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const image = await source('a.png', await colourfulPng(24, 16))
    await hd.job(image, { format: 'webp', quality: 70 }).make()
    await hd.job(image, { format: 'jpeg', factor: 3 }).make()
    await hd.original(image, { format: 'webp' }).make()
    const items = await itemsOf(hd.options.cache.dir)
    const facts = items.map(({ kind, image: from, format, width, height, factor, quality, upscaler }) => {
      expect(from).toEqual({ name: 'a.png', digest: image.digest })
      return [kind, format, `${width}x${height}`, factor, quality, upscaler].join(' ')
    })
    expect(facts.toSorted()).toEqual([
      'master png 48x32 2  repeater',
      'master png 96x64 4  repeater',
      'original webp 24x16  85 ',
      'variant jpeg 72x48 3 85 repeater',
      'variant webp 48x32 2 70 repeater',
    ])
  })

  test('stores no path of this machine, and the same key for another name', async () => {
    const { hd, root, source } = await workshop({ upscaler: repeater() })
    const bytes = await colourfulPng()
    const image = await source('a.png', bytes)
    await hd.job({ ...image, name: '../outside/b.png' }).make()
    expect((await itemsOf(hd.options.cache.dir)).map(({ image: from }) => from?.name)).toEqual(['b.png'])
    const again = await workshop({ upscaler: repeater() }, root)
    expect((await again.hd.job(await again.source('c.png', bytes)).find())?.upscaler).toBe('repeater')
  })

  test('lists entries without facts, and marks unreadable ones', async () => {
    const dir = await storeWith({ a: 1, b: 1 })
    await truncate(path.join(cacheFolder(dir).entries, 'bb', 'b'.repeat(64)), 100)
    expect((await itemsOf(dir)).map(({ kind }) => kind)).toEqual(['original', 'unreadable'])
  })

  test('of a missing folder is empty', async () => {
    expect(await itemsOf(path.join(await temporaryFolder(), 'none'))).toEqual([])
  })
})

describe('verifying', () => {
  test('finds a flipped bit, a truncated file, an empty file and a damaged memo, and deletes them with `fix`', async () => {
    const dir = await storeWith({ a: 1, b: 1, c: 1, d: 1 })
    const memo = createMemo(cacheFolder(dir), 'cloud')
    await memo.set('paid', 'for')
    expect(await verifyCache(dir)).toMatchObject({ checked: 5, damaged: [], removed: 0 })

    const fileOf = (letter: string): string => path.join(cacheFolder(dir).entries, letter + letter, letter.repeat(64))
    const bytes = await readFile(fileOf('a'))
    bytes[bytes.length - 5]! ^= 1
    await writeFile(fileOf('a'), bytes)
    await truncate(fileOf('b'), 500)
    await writeFile(fileOf('c'), '')
    expect(letters((await verifyCache(dir)).damaged)).toBe('abc')
    expect(await verifyCache(dir, { fix: true })).toMatchObject({ checked: 5, removed: 3 })
    expect(await verifyCache(dir)).toMatchObject({ checked: 2, damaged: [] })
    expect(await memo.get('paid')).toBe('for')
  })
})

describe('pruning', () => {
  test('deletes entries that were not used for a time', async () => {
    const dir = await storeWith({ a: 1, b: 50, c: 100 })
    expect(letters((await pruneCache(dir, await itemsOf(dir), { unusedForMs: 48 * HOUR, dryRun: true })).removed)).toBe('cb')
    expect(letters(await itemsOf(dir))).toBe('abc')
    expect(await pruneCache(dir, await itemsOf(dir), { unusedForMs: 48 * HOUR })).toMatchObject({ entries: 1 })
    expect(letters(await itemsOf(dir))).toBe('a')
  })

  test('deletes the least recently used entries until the rest fits, and entries from the future first', async () => {
    const dir = await storeWith({ a: 0, b: 2, c: 3, d: -500 })
    const { removed, bytes } = await pruneCache(dir, await itemsOf(dir), { maxBytes: 2500 })
    expect(letters(removed)).toBe('dc')
    expect(bytes).toBeLessThan(2500)
    expect(letters((await pruneCache(dir, await itemsOf(dir), { maxBytes: 0 })).removed)).toBe('ba')
  })

  test('deletes nothing in a folder without our tag', async () => {
    const dir = await storeWith({ a: 1 })
    await rm(path.join(cacheFolder(dir).owned, 'CACHEDIR.TAG'))
    expect((await hdErrorOf(async () => pruneCache(dir, await itemsOf(dir), { maxBytes: 0 }))).code).toBe('HD_CACHE_IO')
    expect(letters(await itemsOf(dir))).toBe('a')
  })
})
