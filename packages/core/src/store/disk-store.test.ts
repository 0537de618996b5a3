import { randomUUID } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Cache } from './cache.ts'
import { cacheFolder } from './cache-folder.ts'
import { DiskStore } from './disk-store.ts'
import { temporaryFolder } from '../testing/folder.ts'

const HOUR = 60 * 60 * 1000
const ordinary = test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)

function keyOf(letter: string): string {
  return letter.repeat(64)
}

function fileOf(dir: string, key: string): string {
  return path.join(cacheFolder(dir).entries, key.slice(0, 2), key)
}

function entryOf(size: number, mark = 0): { meta: { mark: number }; bytes: Uint8Array } {
  return { meta: { mark }, bytes: new Uint8Array(size).fill(mark) }
}

/** Sets the last use to this many hours ago. */
async function age(file: string, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * HOUR)
  await utimes(file, then, then)
}

async function keysOf(store: DiskStore): Promise<string> {
  const keys: string[] = []
  for await (const { key } of store.list()) keys.push(key[0]!)
  return keys.toSorted().join('')
}

describe('a store', () => {
  test('returns what was put, in this and other instances', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    expect(await store.get(keyOf('a'))).toBeUndefined()
    expect(await store.has(keyOf('a'))).toBe(false)
    await store.put(keyOf('a'), entryOf(10, 7))
    const back = await new DiskStore(dir).get(keyOf('a'))
    expect(back?.meta).toEqual({ mark: 7 })
    expect([...back!.bytes]).toEqual([...new Uint8Array(10).fill(7)])
    await store.put(keyOf('a'), entryOf(3, 8))
    expect((await store.get(keyOf('a')))?.bytes).toHaveLength(3)
    await store.delete(keyOf('a'))
    await store.delete(keyOf('a'))
    expect(await store.has(keyOf('a'))).toBe(false)
  })

  test('lists its entries, and nothing else', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    expect(await keysOf(store)).toBe('')
    for (const letter of 'abc') await store.put(keyOf(letter), entryOf(10))
    await writeFile(path.join(cacheFolder(dir).entries, 'stray'), 'x')
    await writeFile(path.join(cacheFolder(dir).entries, 'aa', 'stray'), 'x')
    expect(await keysOf(store)).toBe('abc')
  })

  test('leaves no temporary files', async () => {
    const dir = await temporaryFolder()
    await new DiskStore(dir).put(keyOf('a'), entryOf(10))
    expect(await readdir(cacheFolder(dir).temporary)).toEqual([])
  })

  test('refuses invalid keys', async () => {
    const store = new DiskStore(await temporaryFolder())
    for (const key of ['', 'a', '../../etc/passwd', keyOf('A'), `${keyOf('a')}/`, `${keyOf('a')}\n`]) {
      await expect(store.get(key)).rejects.toThrow(TypeError)
      await expect(store.put(key, entryOf(1))).rejects.toThrow(TypeError)
      await expect(store.delete(key)).rejects.toThrow(TypeError)
    }
  })

  test('leaves one intact entry after concurrent writes', async () => {
    const dir = await temporaryFolder()
    const stores = Array.from({ length: 8 }, () => new DiskStore(dir))
    await Promise.all(stores.map((store, index) => store.put(keyOf('a'), entryOf(50_000 + index, index))))
    const back = await stores[0]!.get(keyOf('a'))
    expect(back!.bytes).toHaveLength(50_000 + (back!.meta['mark'] as number))
  })

  test('has the same entries after it was copied', async () => {
    const dir = await temporaryFolder()
    await new DiskStore(dir).put(keyOf('a'), entryOf(10, 7))
    const copy = path.join(await temporaryFolder(), 'elsewhere')
    await cp(dir, copy, { recursive: true })
    expect((await new DiskStore(copy).get(keyOf('a')))?.meta).toEqual({ mark: 7 })
  })
})

describe('a damaged entry', () => {
  const damages: [string, (file: string) => Promise<unknown>][] = [
    ['emptied', (file) => truncate(file, 0)],
    ['cut off in its first line', (file) => truncate(file, 20)],
    ['short of one byte', async (file) => truncate(file, (await stat(file)).size - 1)],
    ['longer by one byte', (file) => writeFile(file, 'x', { flag: 'a' })],
    ['zeroed', async (file) => writeFile(file, new Uint8Array((await stat(file)).size))],
    [
      'flipped in one bit',
      async (file) => {
        const bytes = await readFile(file)
        bytes[bytes.length - 5]! ^= 4
        await writeFile(file, bytes)
      },
    ],
    ['a folder', (file) => rm(file).then(() => mkdir(file))],
  ]
  test.each(damages)('is a miss if it is %s', async (what, damage) => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    await store.put(keyOf('a'), entryOf(100, 7))
    await damage(fileOf(dir, keyOf('a')))
    expect(await store.get(keyOf('a'))).toBeUndefined()
    if (what === 'a folder') return
    await store.put(keyOf('a'), entryOf(100, 8))
    expect((await store.get(keyOf('a')))?.meta).toEqual({ mark: 8 })
  })

  test('is a miss if it has the content of another key', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    await store.put(keyOf('a'), entryOf(100, 7))
    await store.put(keyOf('b'), entryOf(100, 8))
    await rename(fileOf(dir, keyOf('a')), fileOf(dir, keyOf('b')))
    expect(await store.get(keyOf('b'))).toBeUndefined()
  })
})

/** Entries a to f of about 1000 bytes, f used most recently, put by an earlier process. */
async function sixEntries(): Promise<{ dir: string; store: DiskStore }> {
  const dir = await temporaryFolder()
  const earlier = new DiskStore(dir)
  for (const [index, letter] of [...'abcdef'].entries()) {
    await earlier.put(keyOf(letter), entryOf(1000))
    await age(fileOf(dir, keyOf(letter)), 100 - index)
  }
  return { dir, store: new DiskStore(dir) }
}

describe('eviction', () => {
  test('deletes the least recently used entries', async () => {
    const { store } = await sixEntries()
    await store.put(keyOf('0'), entryOf(1000))
    await store.trim(5500)
    expect(await keysOf(store)).toBe('0def')
  })

  test('counts a read as use', async () => {
    const { dir, store } = await sixEntries()
    await new DiskStore(dir).get(keyOf('a'))
    await store.put(keyOf('0'), entryOf(1000))
    await store.trim(5500)
    expect(await keysOf(store)).toBe('0aef')
  })

  test('keeps entries that any process used in the last half hour, even beyond the limit', async () => {
    const { dir, store } = await sixEntries()
    await store.get(keyOf('a'))
    await new DiskStore(dir).get(keyOf('b'))
    await age(fileOf(dir, keyOf('c')), 0.4)
    await age(fileOf(dir, keyOf('d')), 0.6)
    await store.put(keyOf('0'), entryOf(1000))
    await store.trim(0)
    expect(await keysOf(store)).toBe('0abc')
  })

  test('first deletes entries that a wrong clock dated into the future', async () => {
    const { dir, store } = await sixEntries()
    await age(fileOf(dir, keyOf('f')), -1000)
    await store.put(keyOf('0'), entryOf(1000))
    await store.trim(7000)
    expect(await keysOf(store)).toBe('0bcde')
  })

  test('does nothing below the limit, or if nothing was added', async () => {
    const { store } = await sixEntries()
    await store.trim(0)
    expect(await keysOf(store)).toBe('abcdef')
    await store.put(keyOf('0'), entryOf(1000))
    await store.trim(10_000)
    expect(await keysOf(store)).toBe('0abcdef')
  })

  test('removes files that killed processes left over an hour ago, and nothing newer', async () => {
    const { dir, store } = await sixEntries()
    const { temporary, locks } = cacheFolder(dir)
    const left: [string, string, string][] = [
      [temporary, randomUUID(), randomUUID()],
      [locks, `${keyOf('1')}.lock`, `${keyOf('2')}.lock.remove`],
    ]
    for (const [folder, old, young] of left) {
      await mkdir(folder, { recursive: true })
      for (const name of [old, young]) await writeFile(path.join(folder, name), 'x')
      await age(path.join(folder, old), 2)
    }
    await store.put(keyOf('0'), entryOf(10))
    await store.trim(1e9)
    for (const [folder, , young] of left) expect(await readdir(folder)).toEqual([young])
  })

  test('touches no foreign files, wherever the cache is', async () => {
    const dir = await temporaryFolder()
    const { owned, entries, temporary, locks } = cacheFolder(dir)
    const others = ['files/docs', 'tmp', 'locks', 'v1/aa', 'hd-v1/entries/aa', 'hd-v3/entries/aa']
    const folders = [owned, entries, path.join(entries, 'aa'), temporary, locks, ...others.map((name) => path.join(dir, name))]
    const files = folders.map((folder) => path.join(folder, 'thesis.txt'))
    files.push(path.join(dir, 'v1', 'aa', keyOf('a')), path.join(dir, 'hd-v3', 'entries', 'aa', keyOf('a')))
    for (const file of files) {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, 'x')
      await age(file, 10_000)
    }
    const store = new DiskStore(dir)
    await store.put(keyOf('0'), entryOf(1000))
    await age(fileOf(dir, keyOf('0')), 1000)
    await store.trim(0)
    expect(await keysOf(store)).toBe('')
    for (const file of files) expect(await readFile(file, 'utf8')).toBe('x')
  })

  test('deletes nothing in a folder without the tag of a cache', async () => {
    const { dir, store } = await sixEntries()
    await store.put(keyOf('0'), entryOf(1000))
    await rm(path.join(cacheFolder(dir).owned, 'CACHEDIR.TAG'))
    await store.trim(0)
    expect(await keysOf(store)).toBe('0abcdef')
  })
})

describe('a cache folder', () => {
  test('is tagged according to the cache directory tagging specification', async () => {
    const dir = await temporaryFolder()
    await new DiskStore(dir).put(keyOf('a'), entryOf(10))
    expect(await readdir(dir)).toEqual([path.basename(cacheFolder(dir).owned)])
    const tag = await readFile(path.join(cacheFolder(dir).owned, 'CACHEDIR.TAG'), 'latin1')
    expect(tag.slice(0, 43)).toBe('Signature: 8a477f597d28d172789f06886806bc55')
  })

  test('that is deleted while entries are put is created again', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    await store.put(keyOf('a'), entryOf(10))
    const keys = Array.from({ length: 60 }, (_, index) => keyOf(`${index % 10}${index % 6}`).slice(0, 64))
    const putting = Promise.all(keys.map((key) => store.put(key, entryOf(10))))
    await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 1 })
    await putting
    await store.put(keyOf('b'), entryOf(10, 5))
    expect((await store.get(keyOf('b')))?.meta).toEqual({ mark: 5 })
  })
})

async function checkWarns(dir: string): Promise<void> {
  const warnings: string[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: (message: string) => void warnings.push(message) }
  const cache = new Cache(new DiskStore(dir), 10, log)
  await cache.put(keyOf('a'), entryOf(10))
  await cache.put(keyOf('b'), entryOf(10))
  expect(await cache.runAlone(keyOf('a'), async () => 'worked')).toEqual({ result: 'worked' })
  expect(await cache.get(keyOf('a'))).toBeUndefined()
  await cache.close()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/cannot be written.*made again next time.*HD_CACHE_IO/)
  expect(warnings[0]).toContain(dir)
}

describe('a cache that is not writable', () => {
  ordinary('because it is read-only warns once, and the build continues', async () => {
    const dir = await temporaryFolder()
    await chmod(dir, 0o555)
    await checkWarns(dir)
  })

  test('because a file is in its place warns once, and the build continues', async () => {
    const dir = path.join(await temporaryFolder(), 'file')
    await writeFile(dir, 'not a folder')
    await checkWarns(dir)
  })

  test('has no entries under invalid keys', async () => {
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
    expect(await new Cache(new DiskStore(await temporaryFolder()), 1, log).get('../../secret')).toBeUndefined()
  })
})
