import { readdirSync, readFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

const PACKAGES_URL = new URL('../../packages/', import.meta.url)
const PACKAGES = readdirSync(PACKAGES_URL)

interface Manifest {
  description: string
  keywords: string[]
  homepage: string
  license: string
  files: string[]
  bugs: { url: string }
  repository: { type: string; url: string; directory: string }
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  publishConfig: object
  sideEffects: boolean
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${name}/package.json`, PACKAGES_URL), 'utf8')) as Manifest
}

const REPOSITORY = 'https://github.com/unplugin-hd/unplugin-hd'

describe.each(PACKAGES)('the package %s', (name) => {
  test('has a description, a repository and an address for bugs', () => {
    const { description, keywords, homepage, bugs, repository, license } = manifestOf(name)
    expect(description).not.toBe('')
    expect(license).toBe('MIT')
    expect(keywords.length).toBeGreaterThan(2)
    expect(new Set(keywords).size).toBe(keywords.length)
    expect(homepage.startsWith(REPOSITORY)).toBe(true)
    expect(bugs).toEqual({ url: `${REPOSITORY}/issues` })
    expect(repository).toEqual({ type: 'git', url: `git+${REPOSITORY}.git`, directory: `packages/${name}` })
  })

  test('is published for everybody, with provenance, and can be left out of a bundle that does not use it', () => {
    const { publishConfig, sideEffects } = manifestOf(name)
    expect(publishConfig).toEqual({ access: 'public', provenance: true })
    expect(sideEffects).toBe(false)
  })

  test('has a README whose links work on npm and in the repository', async () => {
    const { files } = manifestOf(name)
    const readme = readFileSync(new URL(`${name}/README.md`, PACKAGES_URL), 'utf8')
    for (const [, target] of readme.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) {
      if (target!.startsWith('#') || isElsewhere(target!)) continue
      const inRepository = new RegExp(`^${REPOSITORY}/(?:blob|tree)/main/([^#]+)`).exec(target!)?.[1]
      const path = target!.split('#', 1)[0]!
      const file = inRepository ? new URL(`../${inRepository}`, PACKAGES_URL) : new URL(path, new URL(`${name}/`, PACKAGES_URL))
      await expect(access(file), `${target} is not there`).resolves.toBeUndefined()
      const isPublished = files.some((published) => path === published || path.startsWith(`${published}/`))
      if (!inRepository) expect(isPublished, `${target} is not published with the package`).toBe(true)
    }
  })
})

test('all packages that accept a runtime accept the same range', () => {
  for (const runtime of ['onnxruntime-node', 'onnxruntime-web']) {
    const ranges = PACKAGES.flatMap((name) => {
      const { dependencies, optionalDependencies, peerDependencies } = manifestOf(name)
      return [dependencies, optionalDependencies, peerDependencies].flatMap((list) => list?.[runtime] ?? [])
    })
    expect(ranges.length).toBeGreaterThan(1)
    expect(new Set(ranges).size, `${runtime}: ${ranges.join(', ')}`).toBe(1)
  }
})

/** True for a URL that is not a file of this repository. */
function isElsewhere(target: string): boolean {
  return /^[a-z]+:/.test(target) && !/\/(?:blob|tree)\/main\//.test(target)
}
