import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readInput } from './stdin.ts'

test('writes standard input to one file, which can be removed', async () => {
  const stdin = (async function* () {
    yield Buffer.from('one, ')
    yield Buffer.from('two')
  })()
  const { file, remove } = await readInput({ stdin })
  expect(await readFile(file, 'utf8')).toBe('one, two')
  await remove()
  await expect(stat(file)).rejects.toThrow('ENOENT')
})

test('reads an endless input only up to the limit, plus one chunk', async () => {
  let chunks = 0
  const stdin = (async function* () {
    for (;;) {
      chunks++
      yield Buffer.alloc(10)
    }
  })()
  const { file, remove } = await readInput({ stdin }, 25)
  expect(chunks).toBe(3)
  expect((await stat(file)).size).toBe(30)
  await remove()
})
