import { HD_QUERY_RE, parseRequest } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import { bytesSpecifier, BYTES_RE, parseBytesQuery, RENAMED_RE } from './bytes-request.ts'

const specifierOf = (id: string, index: number, extension: string): string => {
  const { file, request } = parseRequest(id)!
  return bytesSpecifier(file, request, { index, extension })
}

test.each([
  ['./a.jpg?hd', 0, 'jpg', './a.jpg?hd-bytes=0,2'],
  ['./a.jpeg?hd=3', 0, 'jpg', './a.jpeg?hd-bytes=0,3'],
  ['./a.JPG?hd', 0, 'jpg', './a.JPG?hd-bytes=0,2&to=jpg'],
  ['./a.gif?hd&as=img', 1, 'png', './a.gif?hd-bytes=1,2&as=img&to=png'],
  [
    './a.png?quality=80&format=avif;webp&as=picture&hd',
    3,
    'avif',
    './a.png?hd-bytes=3,2&as=picture&format=avif;webp&quality=80&to=avif',
  ],
])('the bytes of %s (%i, .%s) are imported from %s', (id, index, extension, specifier) => {
  expect(specifierOf(id, index, extension)).toBe(specifier)
})

test('the query leads back to the same request, and has no `hd` key', () => {
  for (const id of [
    './a.jpg?hd',
    './a.png?hd=4&as=img&w=480;960&placeholder',
    './a.gif?hd&as=picture&format=webp&quality=50&jsx',
  ]) {
    const query = specifierOf(id, 2, 'webp').slice('./a.jpg'.length)
    const parsed = parseBytesQuery(query)!
    expect(parsed.index).toBe(2)
    expect(parseRequest(`./a.jpg${parsed.query}`)!.request).toEqual(parseRequest(id)!.request)
    expect(query).not.toMatch(HD_QUERY_RE)
    expect(query).toMatch(BYTES_RE)
    expect(query).toMatch(RENAMED_RE)
  }
})

test.each(['?hd', '?hd&as=img', '?hd-bytes=', '?hd-bytes=1', ''])('%s does not ask for bytes', (query) => {
  expect(parseBytesQuery(query)).toBeUndefined()
})
