import path from 'node:path'
import { expect, test } from 'vitest'
import { isInside, relativePath } from './relative-path.ts'

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

test('has slashes on Windows too, whatever the case of the drive; a file on another drive keeps its path', () => {
  expect(relativePath('C:\\project', 'c:\\project\\src\\hero.jpg', path.win32)).toBe('src/hero.jpg')
  expect(relativePath('C:\\project', 'D:\\images\\hero.jpg', path.win32)).toBe('D:/images/hero.jpg')
})

test.each([
  ['posix', '/cache', '/cache', true],
  ['posix', '/cache', '/cache/ab/entry', true],
  ['posix', '/cache', '/cache/..hidden', true],
  ['posix', '/cache', '/cache2/entry', false],
  ['posix', '/cache', '/', false],
  ['posix', '/cache', '/Cache/entry', false],
  ['win32', 'C:\\cache', 'c:/Cache/ab/entry', true],
  ['win32', 'C:\\cache', 'C:\\cache2\\entry', false],
  ['win32', 'C:\\cache', 'D:\\cache\\entry', false],
] as const)('on %s, in the folder %s is %s: %s', (system, folder, file, expected) => {
  expect(isInside(folder, file, path[system])).toBe(expected)
})
