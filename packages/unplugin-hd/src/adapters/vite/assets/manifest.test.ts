import { expect, test } from 'vitest'
import { parseManifest } from './manifest.ts'

test("Vite's manifest is an object of entries", () => {
  const entry = { file: 'assets/a-123.jpg', src: 'src/a.jpg' }
  expect(parseManifest(JSON.stringify({ 'src/a.jpg': entry }))).toEqual(new Map([['src/a.jpg', entry]]))
  expect(parseManifest('{}')).toEqual(new Map())
})

test.each(['', '{', 'null', '[]', '"a"', '{"a":"b.jpg"}', '{"a":[]}', '{"a":null}'])(
  '%j is not a manifest, and is left unchanged',
  (text) => {
    expect(parseManifest(text)).toBeUndefined()
  },
)
