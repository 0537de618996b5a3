import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readInput } from './stdin.ts'

test('the chunks of standard input become one file, which can be removed', async () => {
  const stdin = (async function* () {
    yield Buffer.from('one, ')
    yield Buffer.from('two')
  })()
  const { file, remove } = await readInput({ stdin })
  expect(await readFile(file, 'utf8')).toBe('one, two')
  await remove()
  await expect(stat(file)).rejects.toThrow('ENOENT')
})

test('an input without end is read up to the limit, and one chunk more', async () => {
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
