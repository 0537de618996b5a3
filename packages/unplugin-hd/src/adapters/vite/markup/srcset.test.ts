import { expect, test } from 'vitest'
import { formatSrcset, parseSrcset } from './srcset.ts'

test.each([
  ['a.jpg', [['a.jpg', '']]],
  [
    ' a.jpg 1x , b.jpg 2x,',
    [
      ['a.jpg', '1x'],
      ['b.jpg', '2x'],
    ],
  ],
  [
    'a.jpg, b.jpg?hd 300w,c.jpg',
    [
      ['a.jpg', ''],
      ['b.jpg?hd', '300w'],
      ['c.jpg', ''],
    ],
  ],
  [
    'data:image/png;base64,AAAA 1x,\n  a,b.jpg 2x',
    [
      ['data:image/png;base64,AAAA', '1x'],
      ['a,b.jpg', '2x'],
    ],
  ],
  [
    'a.jpg type(a, b) 2x, b.jpg',
    [
      ['a.jpg', 'type(a, b) 2x'],
      ['b.jpg', ''],
    ],
  ],
  ['a.jpg (broken', [['a.jpg', '(broken']]],
  [' , ', []],
])('splits %j like browsers', (text, expected) => {
  expect(parseSrcset(text).map(({ url, descriptor }) => [url, descriptor])).toEqual(expected)
})

test('joins a split srcset again', () => {
  expect(formatSrcset(parseSrcset('a.jpg 1x,b.jpg,  c.jpg 3x'))).toBe('a.jpg 1x, b.jpg, c.jpg 3x')
})
