import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { BUNDLER_VERSIONS } from '../../packages/unplugin-hd/src/adapters/bundler-version.ts'

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

interface Manifest {
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, { optional: boolean }>
}

describe.each(Object.entries(BUNDLER_VERSIONS))('%s', (bundler, { name, range }) => {
  // Bun is a runtime, and rarely a package of a project.
  test.skipIf(bundler === 'bun')('is an optional peer, with the range that the code checks', async () => {
    const manifest = JSON.parse(await read('packages/unplugin-hd/package.json')) as Manifest
    expect(manifest.peerDependencies[bundler]).toBe(range)
    expect(manifest.peerDependenciesMeta[bundler]).toEqual({ optional: true })
  })

  test('is in the README with these versions', async () => {
    const readme = await read('README.md')
    const [lowest, ...others] = range.split(' || ').map((each) => /\d+(?:\.\d+)*/.exec(each)![0].replace(/(?:\.0)+$/, ''))
    const open = range.startsWith('>=') || lowest!.includes('.')
    const versions = [open ? `${lowest} and later` : lowest, ...others].join(', ')
    expect(readme).toContain(`<b>${name}</b> (${versions})`)
  })
})
