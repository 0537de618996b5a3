import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createStagedFiles } from './staged-files.ts'

const BYTES = Buffer.from('bytes')
const DAY_MS = 24 * 60 * 60 * 1000

async function cacheDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'hd-staged-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

function keyOf(letter: string): string {
  return letter.repeat(64)
}

test('a staged file has name and bytes, is reused, and is repaired if damaged', async () => {
  const dir = await cacheDir()
  const asset = { key: keyOf('a'), bytes: BYTES }
  const file = await createStagedFiles(dir, 'an option').file(asset, 'hero@2x.png')
  expect(path.basename(file)).toBe('hero@2x.png')
  expect(file.startsWith(dir)).toBe(true)
  expect(await readFile(file)).toEqual(BYTES)
  const { ino } = await stat(file)
  expect(await createStagedFiles(dir, 'an option').file(asset, 'hero@2x.png')).toBe(file)
  expect((await stat(file)).ino).toBe(ino)
  await writeFile(file, 'byt')
  await createStagedFiles(dir, 'an option').file(asset, 'hero@2x.png')
  expect(await readFile(file)).toEqual(BYTES)
})

test('a staged file cannot be outside its folder', async () => {
  const staged = createStagedFiles(await cacheDir(), 'an option')
  for (const name of ['../x.png', 'a/b.png', '/x.png']) {
    await expect(staged.file({ key: keyOf('a'), bytes: BYTES }, name)).rejects.toThrow(TypeError)
  }
  await expect(staged.file({ key: '../a', bytes: BYTES }, 'x.png')).rejects.toThrow(TypeError)
})

test('a sweep removes only its own files that were not used for a day', async () => {
  const dir = await cacheDir()
  const earlier = createStagedFiles(dir, 'an option')
  const files = await Promise.all([...'abc'].map((letter) => earlier.file({ key: keyOf(letter), bytes: BYTES }, 'x.png')))
  const folder = path.dirname(path.dirname(files[0]!))
  await writeFile(path.join(folder, 'thesis.txt'), 'x')
  const old = new Date(Date.now() - 2 * DAY_MS)
  for (const file of [...files.slice(0, 2).map((name) => path.dirname(name)), path.join(folder, 'thesis.txt')])
    await utimes(file, old, old)
  const staged = createStagedFiles(dir, 'an option')
  await staged.file({ key: keyOf('b'), bytes: BYTES }, 'x.png')
  await staged.file({ key: keyOf('d'), bytes: BYTES }, 'x.png')
  await staged.sweep()
  expect((await readdir(folder)).toSorted()).toEqual([keyOf('b'), keyOf('c'), keyOf('d'), 'thesis.txt', 'tmp'])
})

test('files of a read-only project are staged elsewhere', async () => {
  const dir = path.join(await cacheDir(), 'file')
  await writeFile(dir, 'not a folder')
  const file = await createStagedFiles(dir, 'an option').file({ key: keyOf('a'), bytes: BYTES }, 'x.png')
  expect(await readFile(file)).toEqual(BYTES)
  expect(file.startsWith(dir)).toBe(false)
})
