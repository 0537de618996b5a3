import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'

const DIR = path.resolve(import.meta.dirname, '../../packages/unplugin-hd/src/adapters/vite')

/** What the folders of Vite's adapter may import from each other. Files beside the folders are for all of them. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  assets: ['server'],
  markup: [],
  pages: ['assets', 'markup', 'server'],
  scripts: ['assets'],
  server: [],
  styles: ['assets', 'server'],
  templates: ['markup'],
}

/** The files of the adapter, with their imports from it: `pages/html.ts`. */
let imports: Map<string, string[]>

beforeAll(async () => {
  const names = (await readdir(DIR, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
  const files = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  imports = new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, string[]]> => {
        const code = await readFile(path.join(DIR, file), 'utf8')
        const found = [...code.matchAll(/\bfrom '(\.[^']+)'/g)].map(([, to]) => path.posix.join(path.posix.dirname(file), to!))
        return [file, found.filter((name) => !name.startsWith('..'))]
      }),
    ),
  )
})

function folderOf(file: string): string {
  return path.posix.dirname(file)
}

test('every folder except markup is a concern, with one plugin that plugin.ts lists', () => {
  const concerns = Object.keys(ARROWS).filter((folder) => folder !== 'markup')
  expect([...imports.keys()].filter((file) => file.endsWith('/plugin.ts')).toSorted()).toEqual(
    concerns.map((folder) => `${folder}/plugin.ts`),
  )
  for (const [file, found] of imports) {
    const plugins = found.filter((name) => name.endsWith('/plugin.ts')).toSorted()
    expect(plugins, file).toEqual(file === 'plugin.ts' ? concerns.map((folder) => `${folder}/plugin.ts`) : [])
  }
})

test('folders import each other in one direction', () => {
  for (const [file, found] of imports) {
    const folder = folderOf(file)
    if (folder === '.') continue
    const others = found.map(folderOf).filter((name) => name !== '.' && name !== folder)
    expect(ARROWS[folder], `${file} imports ${others.join(', ')}`).toEqual(expect.arrayContaining(others))
  }
})

test('there are no circular imports, including types', () => {
  const done = new Set<string>()
  const follow = (file: string, way: readonly string[]): void => {
    expect(way, 'a circle').not.toContain(file)
    if (done.has(file)) return
    for (const next of imports.get(file) ?? []) follow(next, [...way, file])
    done.add(file)
  }
  for (const file of imports.keys()) follow(file, [])
})
