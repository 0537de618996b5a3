import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { filesBelow, read } from './support/repository.ts'

const PACKAGES = filesBelow('packages')
  .filter((name) => /^packages\/[^/]+\/package\.json$/.test(name))
  .map((name) => (JSON.parse(read(name)) as { name: string }).name)

test('all packages are released together', () => {
  const { fixed } = JSON.parse(read('.changeset/config.json')) as { fixed: string[][] }
  expect(fixed.map((group) => group.toSorted())).toEqual([PACKAGES.toSorted()])
})

test('every changeset names packages that there are, how much they change, and what users should know', () => {
  for (const file of filesBelow('.changeset').filter((name) => name.endsWith('.md') && !name.endsWith('README.md'))) {
    const [, head = '', summary = ''] = /^---\n([^]*?)\n---\n([^]+)$/.exec(read(file)) ?? []
    const bumps = load(head) as Record<string, string>
    expect(Object.keys(bumps).length, file).toBeGreaterThan(0)
    for (const [name, bump] of Object.entries(bumps)) {
      expect(PACKAGES, file).toContain(name)
      expect(['patch', 'minor', 'major'], file).toContain(bump)
    }
    expect(summary.trim(), file).not.toBe('')
  }
})
