import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Cache } from './cache.ts'
import { DiskStore } from './disk-store.ts'
import { hdErrorOf } from './testing/errors.ts'
import { temporaryFolder } from './testing/folder.ts'

const HOUR = 60 * 60 * 1000
const ordinary = test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)

function keyOf(letter: string): string {
  return letter.repeat(64)
}

function fileOf(dir: string, key: string): string {
  return path.join(dir, 'v1', key.slice(0, 2), key)
}

function entryOf(size: number, mark = 0): { meta: { mark: number }; bytes: Uint8Array } {
  return { meta: { mark }, bytes: new Uint8Array(size).fill(mark) }
}

/** As if it had last been used that many hours ago. */
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
  test('gives back what was put, to this and to other instances', async () => {
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

  test('lists what it holds, and nothing else', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    expect(await keysOf(store)).toBe('')
    for (const letter of 'abc') await store.put(keyOf(letter), entryOf(10))
    await writeFile(path.join(dir, 'v1', 'stray'), 'x')
    await writeFile(path.join(dir, 'v1', 'aa', 'stray'), 'x')
    expect(await keysOf(store)).toBe('abc')
  })

  test('leaves no temporary files', async () => {
    const dir = await temporaryFolder()
    await new DiskStore(dir).put(keyOf('a'), entryOf(10))
    expect(await readdir(path.join(dir, 'tmp'))).toEqual([])
  })

  test('refuses what is not a key', async () => {
    const store = new DiskStore(await temporaryFolder())
    for (const key of ['', 'a', '../../etc/passwd', keyOf('A'), `${keyOf('a')}/`, `${keyOf('a')}\n`]) {
      await expect(store.get(key)).rejects.toThrow(TypeError)
      await expect(store.put(key, entryOf(1))).rejects.toThrow(TypeError)
      await expect(store.delete(key)).rejects.toThrow(TypeError)
      await expect(store.file(key, 'x.png', new Uint8Array())).rejects.toThrow(TypeError)
    }
  })

  test('writes at the same time leave one whole entry', async () => {
    const dir = await temporaryFolder()
    const stores = Array.from({ length: 8 }, () => new DiskStore(dir))
    await Promise.all(stores.map((store, index) => store.put(keyOf('a'), entryOf(50_000 + index, index))))
    const back = await stores[0]!.get(keyOf('a'))
    expect(back!.bytes).toHaveLength(50_000 + (back!.meta['mark'] as number))
  })

  test('copied elsewhere holds the same', async () => {
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
  test.each(damages)('is a miss when it is %s', async (what, damage) => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    await store.put(keyOf('a'), entryOf(100, 7))
    await damage(fileOf(dir, keyOf('a')))
    expect(await store.get(keyOf('a'))).toBeUndefined()
    if (what === 'a folder') return
    await store.put(keyOf('a'), entryOf(100, 8))
    expect((await store.get(keyOf('a')))?.meta).toEqual({ mark: 8 })
  })

  test('is a miss when it is the content of another key', async () => {
    const dir = await temporaryFolder()
    const store = new DiskStore(dir)
    await store.put(keyOf('a'), entryOf(100, 7))
    await store.put(keyOf('b'), entryOf(100, 8))
    await rename(fileOf(dir, keyOf('a')), fileOf(dir, keyOf('b')))
    expect(await store.get(keyOf('b'))).toBeUndefined()
  })
})

/** Entries a to f of some 1000 bytes, f used most recently, put by an earlier process. */
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
  test('deletes what was used least recently', async () => {
    const { store } = await sixEntries()
    await store.put(keyOf('0'), entryOf(1000))
    await store.evict(5500)
    expect(await keysOf(store)).toBe('0def')
  })

  test('counts a read as use', async () => {
    const { dir, store } = await sixEntries()
    await new DiskStore(dir).get(keyOf('a'))
    await store.put(keyOf('0'), entryOf(1000))
    await store.evict(5500)
    expect(await keysOf(store)).toBe('0aef')
  })

  test('spares what this process used, even beyond the bound', async () => {
    const { store } = await sixEntries()
    for (const letter of 'ab') await store.get(keyOf(letter))
    await store.put(keyOf('0'), entryOf(1000))
    await store.evict(0)
    expect(await keysOf(store)).toBe('0ab')
  })

  test('does nothing below the bound, or when nothing was added', async () => {
    const { store } = await sixEntries()
    await store.evict(0)
    expect(await keysOf(store)).toBe('abcdef')
    await store.put(keyOf('0'), entryOf(1000))
    await store.evict(10_000)
    expect(await keysOf(store)).toBe('0abcdef')
  })

  test('counts and deletes the named copies of entries', async () => {
    const { dir, store } = await sixEntries()
    const earlier = new DiskStore(dir)
    const ofA = await earlier.file(keyOf('a'), 'a.png', new Uint8Array(5000))
    const ofF = await earlier.file(keyOf('f'), 'f.png', new Uint8Array(10))
    const orphan = await earlier.file(keyOf('9'), 'gone.png', new Uint8Array(10))
    await store.put(keyOf('0'), entryOf(1000))
    await store.evict(9000)
    expect(await keysOf(store)).toBe('0bcdef')
    await expect(stat(ofA)).rejects.toThrow('ENOENT')
    await expect(stat(orphan)).rejects.toThrow('ENOENT')
    expect((await stat(ofF)).size).toBe(10)
  })

  test('spares the named copies that this process handed out, also those of no entry', async () => {
    const store = new DiskStore(await temporaryFolder())
    const file = await store.file(keyOf('9'), 'source.png', new Uint8Array(10))
    await store.evict(0)
    expect((await stat(file)).size).toBe(10)
  })

  test('removes what killed processes left an hour ago, and nothing younger', async () => {
    const { dir, store } = await sixEntries()
    for (const folder of ['tmp', 'locks']) {
      await mkdir(path.join(dir, folder), { recursive: true })
      await writeFile(path.join(dir, folder, 'old'), 'x')
      await age(path.join(dir, folder, 'old'), 2)
      await writeFile(path.join(dir, folder, 'new'), 'x')
    }
    await store.put(keyOf('0'), entryOf(10))
    await store.evict(1e9)
    for (const folder of ['tmp', 'locks']) expect(await readdir(path.join(dir, folder))).toEqual(['new'])
  })
})

describe('a named copy', () => {
  test('has the name and the bytes, and is mended', async () => {
    const store = new DiskStore(await temporaryFolder())
    const file = await store.file(keyOf('a'), 'hero@2x.png', Buffer.from('bytes'))
    expect(path.basename(file)).toBe('hero@2x.png')
    expect(await readFile(file, 'utf8')).toBe('bytes')
    const { ino } = await stat(file)
    await store.file(keyOf('a'), 'hero@2x.png', Buffer.from('bytes'))
    expect((await stat(file)).ino).toBe(ino)
    await writeFile(file, 'byt')
    await store.file(keyOf('a'), 'hero@2x.png', Buffer.from('bytes'))
    expect(await readFile(file, 'utf8')).toBe('bytes')
  })

  test('may not lead out of its folder', async () => {
    const store = new DiskStore(await temporaryFolder())
    for (const name of ['../x.png', 'a/b.png', '/x.png']) {
      await expect(store.file(keyOf('a'), name, new Uint8Array())).rejects.toThrow(TypeError)
    }
  })

  test('that cannot be written is an error, because it was asked for', async () => {
    const dir = path.join(await temporaryFolder(), 'file')
    await writeFile(dir, 'not a folder')
    const error = await hdErrorOf(() => new DiskStore(dir).file(keyOf('a'), 'x.png', new Uint8Array()))
    expect(error.code).toBe('HD_CACHE_IO')
    expect(error.message).toMatch(/UNPLUGIN_HD_CACHE_DIR/)
  })
})

async function checkWarns(dir: string): Promise<void> {
  const warnings: string[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: (message: string) => void warnings.push(message) }
  const cache = new Cache({ dir, maxBytes: 10 }, log)
  await cache.put(keyOf('a'), entryOf(10))
  await cache.put(keyOf('b'), entryOf(10))
  expect(await cache.lock(keyOf('a'), new AbortController().signal, async () => 'worked')).toBe('worked')
  expect(await cache.get(keyOf('a'))).toBeUndefined()
  await cache.evict()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/cannot be written.*made again next time.*HD_CACHE_IO/)
  expect(warnings[0]).toContain(dir)
}

describe('a cache that cannot be written', () => {
  ordinary('because it is read-only warns once, and everything goes on', async () => {
    const dir = await temporaryFolder()
    await chmod(dir, 0o555)
    await checkWarns(dir)
  })

  test('because a file is in its place warns once, and everything goes on', async () => {
    const dir = path.join(await temporaryFolder(), 'file')
    await writeFile(dir, 'not a folder')
    await checkWarns(dir)
  })

  test('has nothing under what cannot be a key', async () => {
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
    expect(await new Cache({ dir: await temporaryFolder(), maxBytes: 1 }, log).get('../../secret')).toBeUndefined()
  })
})
