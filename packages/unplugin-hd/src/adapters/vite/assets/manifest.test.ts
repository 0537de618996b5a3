import { expect, test } from 'vitest'
import { parseManifest } from './manifest.ts'

test('a manifest of Vite is an object of entries', () => {
  const entry = { file: 'assets/a-123.jpg', src: 'src/a.jpg' }
  expect(parseManifest(JSON.stringify({ 'src/a.jpg': entry }))).toEqual(new Map([['src/a.jpg', entry]]))
  expect(parseManifest('{}')).toEqual(new Map())
})

test.each(['', '{', 'null', '[]', '"a"', '{"a":"b.jpg"}', '{"a":[]}', '{"a":null}'])('%j is none, and stays as it is', (text) => {
  expect(parseManifest(text)).toBeUndefined()
})
