import { expect, test } from 'vitest'
import { namesShape } from './static-image.ts'

test.each([
  ['./a.jpg?hd', false],
  ['./a.jpg?hd&format=webp', false],
  ['./a.jpg?hd&as=asset', false],
  ['./a.jpg?hd&as=url', true],
  ['./a.jpg?as=img&hd#as', true],
  ['?hd', false],
])('%s names a shape: %s', (reference, expected) => {
  expect(namesShape(reference)).toBe(expected)
})
