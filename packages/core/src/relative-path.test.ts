import path from 'node:path'
import { expect, test } from 'vitest'
import { relativePath } from './relative-path.ts'

const ROOT = path.resolve('/project')

test('a file below the folder is named from there, with slashes', () => {
  expect(relativePath(ROOT, path.join(ROOT, 'src', 'hero.jpg'))).toBe('src/hero.jpg')
})

test('a file outside the folder is named from there too', () => {
  expect(relativePath(ROOT, path.resolve('/shared/hero.jpg'))).toBe('../shared/hero.jpg')
})

test('the folder itself keeps its absolute path', () => {
  expect(relativePath(ROOT, ROOT)).toBe(ROOT.replaceAll(path.sep, '/'))
})
