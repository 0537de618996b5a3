import { expect, test } from 'vitest'
import { isAmbiguous } from './access.ts'

test.each([
  ['C:/project/a.jpg', false],
  ['C:/project/a.jpg:stream', true],
  ['C:/project/a.jpg::$DATA', true],
  ['C:/PROJEC~1/a.jpg', true],
])('on Windows %s may be another name of a file: %s', (file, expected) => {
  expect(isAmbiguous(file, '\\')).toBe(expected)
})

test('elsewhere a tilde is part of a name', () => {
  expect(isAmbiguous('/project/a~1.jpg', '/')).toBe(false)
})
