import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheFacts } from './cache-facts.ts'
import { DiskStore } from './disk-store.ts'
import { temporaryFolder } from '../testing/folder.ts'

const ordinary = test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)

test('a missing folder is writable and empty', async () => {
  const dir = path.join(await temporaryFolder(), 'deep', 'cache')
  expect(await cacheFacts(dir)).toEqual({ dir, exists: false, writable: true, entries: 0, bytes: 0 })
})

test('counts entries with their size on disk', async () => {
  const dir = await temporaryFolder()
  const store = new DiskStore(dir)
  for (const letter of ['a', 'b']) await store.put(letter.repeat(64), { meta: {}, bytes: new Uint8Array(1000) })
  const facts = await cacheFacts(dir)
  expect(facts).toMatchObject({ dir, exists: true, writable: true, entries: 2 })
  expect(facts.bytes).toBeGreaterThan(2000)
})

ordinary('a folder in a read-only one is not writable', async () => {
  const folder = await temporaryFolder()
  await chmod(folder, 0o555)
  onTestFinished(() => chmod(folder, 0o755))
  expect(await cacheFacts(path.join(folder, 'cache'))).toMatchObject({ exists: false, writable: false })
})
