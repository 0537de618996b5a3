import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLOUD_ROWS } from './cloud-errcodes.ts'
import type { Consequence } from './errcode-row.ts'
import { ERRCODES, OFFICIAL_PAGE } from './errcodes.ts'

const WORDS: Record<Consequence, string> = {
  refresh: 'retry with another token',
  again: 'retry after a pause',
  'next-minute': 'retry after a minute',
  fail: 'this image fails',
  stop: 'no more calls in this build',
}
const page = readFileSync(new URL('../../../../docs/wechat.md', import.meta.url), 'utf8')

test('docs/wechat.md lists every errcode with its meaning, code and consequence, and no other', () => {
  const listed = page
    .split('\n')
    .filter((line) => /^\| `-?\d/.test(line))
    .flatMap((line) => {
      const [numbers, meaning, code, follows] = line.slice(2).split(' | ')
      return numbers!
        .split(', ')
        .map((number) => [number.replaceAll('`', ''), { meaning, code: code!.replaceAll('`', ''), follows }])
    })
  const rows = Object.entries({ ...ERRCODES, ...CLOUD_ROWS })
  expect(listed).toHaveLength(rows.length)
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(rows.map(([number, { meaning, code, next }]) => [number, { meaning, code, follows: WORDS[next] }])),
  )
})

test('docs/wechat.md links the official page', () => {
  expect(page).toContain(OFFICIAL_PAGE)
})
