import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const here = new URL('.', import.meta.url)

/** The numbers in `[1.2, 1.3]` at the end of a test's title. */
async function cited(): Promise<string[]> {
  const files = (await readdir(here)).filter((name) => name.endsWith('.test.ts'))
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, here), 'utf8')))
  const brackets = texts.flatMap((text) => [...text.matchAll(/ \[(\d+\.\d+(?:, \d+\.\d+)*)\]'/g)])
  return brackets.flatMap(([, numbers]) => numbers!.split(', '))
}

test('every fact has a test, and every test cites existing facts', async () => {
  const page = await readFile(new URL('../FACTS.md', here), 'utf8')
  const facts = [...page.matchAll(/^\| (\d+\.\d+) \|/gm)].map(([, number]) => number!)
  expect(facts).toHaveLength(new Set(facts).size)
  expect([...new Set(await cited())].toSorted()).toEqual(facts.toSorted())
})

test('every source of a fact is listed', async () => {
  const page = await readFile(new URL('../FACTS.md', here), 'utf8')
  const named = [...page.matchAll(/^\| \d+\.\d+ \|.*\| ([a-z, ]*) \|$/gm)].flatMap(
    ([, letters]) => letters!.match(/[a-z]/g) ?? [],
  )
  const listed = [...page.matchAll(/^- ([a-z]): /gm)].map(([, letter]) => letter!)
  expect([...new Set(named)].toSorted()).toEqual(listed.toSorted())
})
