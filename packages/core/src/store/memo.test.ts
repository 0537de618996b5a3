import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { cacheFolder } from './cache-folder.ts'
import { createMemo } from './memo.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { temporaryFolder } from '../testing/folder.ts'

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

test('a memo returns what was set, also in another instance, until it is deleted', async () => {
  const dir = await temporaryFolder()
  const memo = createMemo(cacheFolder(dir), 'wechat')
  expect(await memo.get('id')).toBeUndefined()
  await memo.set('id', 'één 🎈')
  expect(await createMemo(cacheFolder(dir), 'wechat').get('id')).toBe('één 🎈')
  await memo.set('id', '')
  expect(await memo.get('id')).toBe('')
  await memo.delete('id')
  await memo.delete('id')
  expect(await memo.get('id')).toBeUndefined()
})

test('upscalers see only their own values, whatever their names', async () => {
  const dir = await temporaryFolder()
  const names = ['a', 'A', '..', '.', 'a/b', 'a\\b', 'con', '*?', 'é', 'x'.repeat(500), '']
  for (const name of names) await createMemo(cacheFolder(dir), name).set('key', name)
  for (const name of names) expect(await createMemo(cacheFolder(dir), name).get('key')).toBe(name)
  const files = await filesBelow(dir)
  expect(files).toHaveLength(names.length)
  for (const file of files) expect(path.relative(cacheFolder(dir).memo, file).split(path.sep)).toHaveLength(2)
})

test('a damaged value, or one of another key, is missing', async () => {
  const dir = await temporaryFolder()
  const memo = createMemo(cacheFolder(dir), 'wechat')
  await memo.set('a', 'of a')
  const [fileOfA] = await filesBelow(dir)
  await memo.set('b', 'of b')
  const fileOfB = (await filesBelow(dir)).find((file) => file !== fileOfA)!
  const bytes = await readFile(fileOfB)
  await writeFile(fileOfA!, bytes)
  expect(await memo.get('a')).toBeUndefined()
  bytes[bytes.length - 1]! ^= 1
  await writeFile(fileOfB, bytes)
  expect(await memo.get('b')).toBeUndefined()
})

test('a value that is too large is refused', async () => {
  const memo = createMemo(cacheFolder(await temporaryFolder()), 'wechat')
  await memo.set('key', 'x'.repeat(64 * 1024))
  const error = await hdErrorOf(() => memo.set('key', 'x'.repeat(64 * 1024 + 1)))
  expect(error.code).toBe('HD_CACHE_IO')
  expect(await memo.get('key')).toHaveLength(64 * 1024)
})
