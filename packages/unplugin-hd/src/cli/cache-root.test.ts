import path from 'node:path'
import { expect, test } from 'vitest'
import { cacheRoot } from './cache-root.ts'

/** Above every package. */
const OUTSIDE = path.parse(process.cwd()).root

test.each([
  ['win32', { LOCALAPPDATA: path.resolve('/local') }, path.resolve('/local')],
  ['linux', { XDG_CACHE_HOME: path.resolve('/xdg') }, path.resolve('/xdg')],
] as const)('outside of a project the cache is in the folder that %s has for caches', (platform, env, folder) => {
  expect(cacheRoot(OUTSIDE, env, platform)).toEqual({ root: OUTSIDE, cacheDir: path.join(folder, 'unplugin-hd') })
})

test('without a setting it is below the home folder, where the system keeps caches', () => {
  expect(cacheRoot(OUTSIDE, {}, 'win32').cacheDir).toContain(path.join('AppData', 'Local'))
  expect(cacheRoot(OUTSIDE, {}, 'darwin').cacheDir).toContain(path.join('Library', 'Caches'))
  expect(cacheRoot(OUTSIDE, {}, 'linux').cacheDir).toContain('.cache')
})
