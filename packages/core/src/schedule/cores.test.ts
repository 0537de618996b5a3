import { expect, test } from 'vitest'
import { availableCores, coresWithin } from './cores.ts'

/** Reads from a system with these files only. */
const system = (files: Readonly<Record<string, string>>) => (file: string) => {
  if (!(file in files)) throw new Error(`ENOENT: ${file}`)
  return files[file]!
}

test.each([
  ['a quota of cgroup 2', { '/sys/fs/cgroup/cpu.max': '200000 100000\n' }, 2],
  ['a quota of half a core', { '/sys/fs/cgroup/cpu.max': '50000 100000\n' }, 1],
  ['a quota of one and a half cores', { '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 2],
  ['a quota above the cores', { '/sys/fs/cgroup/cpu.max': '12800000 100000\n' }, 64],
  ['no quota in cgroup 2', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 64],
  [
    'a quota of cgroup 1',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '400000\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' },
    4,
  ],
  [
    'no quota in cgroup 1',
    { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' },
    64,
  ],
  ['a file that says something else', { '/sys/fs/cgroup/cpu.max': '' }, 64],
  ['no such files', {}, 64],
])('%s is respected', (_, files, expected) => {
  expect(coresWithin(64, system(files))).toBe(expected)
})

test('this machine has at least one core', () => {
  expect(availableCores()).toBeGreaterThanOrEqual(1)
})
