import path from 'node:path'
import { expect, test } from 'vitest'
import { relativePath } from './relative-path.ts'

const ROOT = path.resolve('/project')

test('names a file below the folder relative to it, with slashes', () => {
  expect(relativePath(ROOT, path.join(ROOT, 'src', 'hero.jpg'))).toBe('src/hero.jpg')
})

test('names a file outside the folder relative to it too', () => {
  expect(relativePath(ROOT, path.resolve('/shared/hero.jpg'))).toBe('../shared/hero.jpg')
})

test('names the folder itself by its absolute path', () => {
  expect(relativePath(ROOT, ROOT)).toBe(ROOT.replaceAll(path.sep, '/'))
})
