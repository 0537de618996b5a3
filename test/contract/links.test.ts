import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesBelow, read, ROOT, scriptsIn, scriptsOf } from './support/repository.ts'

const AT_ROOT = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', 'AGENTS.md']
const PAGES = [...AT_ROOT, ...filesBelow('docs').filter((name) => name.endsWith('.md')), '.changeset/README.md']

/** The id that GitHub and VitePress give a heading. */
function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[`*]/g, '')
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

describe.each(PAGES)('%s', (page) => {
  const text = read(page).replaceAll(/^```[^]*?^```/gm, '')

  test('links only to files and headings that are there', () => {
    for (const [, target] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)[^)]*\)/g)) {
      const [file = '', anchor] = target!.split('#')
      const name = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
      expect(existsSync(path.join(ROOT, name)), `${target} is not there`).toBe(true)
      if (anchor === undefined || !name.endsWith('.md')) continue
      const headings = [...read(name).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading!))
      expect(headings, target).toContain(anchor)
    }
  })

  test('links only to files of the repository on GitHub that are there', () => {
    for (const [, name] of text.matchAll(/unplugin-hd\/unplugin-hd(?:\/(?:blob|tree))?\/main\/([^)#"\s]+)/g))
      expect(existsSync(path.join(ROOT, name!)), name).toBe(true)
  })

  test('names only scripts that the workspace has', () => {
    const scripts = Object.keys(scriptsOf('package.json'))
    for (const name of scriptsIn(read(page))) expect(scripts, `pnpm ${name}`).toContain(name)
  })
})

test('CONTRIBUTING.md names only files that are there', () => {
  for (const [, name] of read('CONTRIBUTING.md').matchAll(/`((?:packages|test|scripts|docs|frameworks)\/[\w./-]+)`/g))
    expect(existsSync(path.join(ROOT, name!)), name).toBe(true)
})

test('README.md is short, names the commands of a clone, and is what npm shows', () => {
  const readme = read('README.md')
  expect(readme.split('\n').length).toBeLessThanOrEqual(150)
  expect(readme).toMatch(/^npx -y pnpm@10 demo\b/m)
  expect(readme).toMatch(/^npx -y pnpm@10 test\b/m)
  expect(read('packages/unplugin-hd/README.md'), 'run pnpm reference').toBe(readme)
})
