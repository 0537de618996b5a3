import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { FILES } from './support/packed-files.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Manifest {
  name: string
  license: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** The licence of every package that an installation brings, by name. */
function installedLicences(): Map<string, string> {
  const licences = new Map<string, string>()
  const visit = (folder: string): void => {
    const { dependencies, optionalDependencies } = readManifest(folder)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = findPackage(folder, name)
      // What is made for another platform is not installed.
      if (!found || licences.has(name)) continue
      licences.set(name, readManifest(found).license)
      visit(found)
    }
  }
  for (const name of Object.keys(FILES)) visit(path.join(ROOT, 'packages', name))
  return licences
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
}

/** The folder that Node finds a package in, for an importer in `folder`. */
function findPackage(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name)
    if (existsSync(candidate)) return realpathSync(candidate)
    if (path.dirname(at) === at) return undefined
  }
}

test('docs/licences.md lists the licence of every installed dependency, and no other', () => {
  const page = readFileSync(path.join(ROOT, 'docs/licences.md'), 'utf8')
  const listed = [...page.matchAll(/^\| `([^`…]+)` \| (.+) \|$/gm)].map(([, name, licence]) => [name, licence])
  const installed = [...installedLicences()].filter(([name]) => !name.startsWith('@unplugin-hd/'))
  // The page describes what every platform gets; here is one of them.
  const common = installed.filter(([name]) => !name.startsWith('@img/sharp-'))
  expect(Object.fromEntries(common)).toEqual(Object.fromEntries(listed))
  for (const [name, licence] of installed.filter(([each]) => each.startsWith('@img/sharp-')))
    for (const part of licence.split(' AND ')) expect(page, name).toContain(part)
})
