import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url))
const IMPORT_RE = /(?:\bfrom|\bimport\(|^import)\s*'(\.{1,2}\/[^']+)'/gm

/** Source files with their relative imports, including types; without tests and their helpers. */
function readImports(folder: string): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(?:^|\/)testing\//.test(file))
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8')
      return [file, [...text.matchAll(IMPORT_RE)].map(([, target]) => path.posix.join(path.posix.dirname(file), target!))]
    }),
  )
}

function findCircles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const trail: string[] = []
  const circles: string[] = []
  const visit = (file: string): void => {
    if (trail.includes(file)) return void circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
    if (done.has(file)) return
    trail.push(file)
    for (const target of imports.get(file) ?? []) visit(target)
    trail.pop()
    done.add(file)
  }
  for (const file of imports.keys()) visit(file)
  return circles
}

const sources = readdirSync(PACKAGES).map((name) => ({ name, imports: readImports(path.join(PACKAGES, name, 'src')) }))

describe.each(sources)('packages/$name', ({ name, imports }) => {
  test('has source files without circular imports, including types', () => {
    expect(imports.size).toBeGreaterThan(0)
    expect(findCircles(imports)).toEqual([])
  })

  test('has no file of more than 250 lines', () => {
    const folder = path.join(PACKAGES, name, 'src')
    const long = [...imports.keys()].filter((file) => readFileSync(path.join(folder, file), 'utf8').split('\n').length > 251)
    expect(long).toEqual([])
  })
})

/** Core's folders, and those that each may import. Files outside folders (errors, events, options …) are open to all. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  options: [],
  http: [],
  request: [],
  upscaler: ['request'],
  schedule: [],
  tensor: ['upscaler'],
  source: ['request'],
  image: ['source', 'request', 'upscaler', 'schedule'],
  store: ['source', 'request', 'upscaler', 'schedule'],
  job: ['store', 'image', 'source', 'request', 'upscaler', 'schedule'],
}

function roomOf(file: string): string | undefined {
  return file.includes('/') ? file.split('/', 1)[0] : undefined
}

test("core's rooms import only rooms below them", () => {
  const { imports } = sources.find(({ name }) => name === 'core')!
  const wrong: string[] = []
  const rooms = new Set<string>()
  for (const [file, targets] of imports) {
    const room = roomOf(file)
    if (room === undefined) continue
    rooms.add(room)
    for (const target of targets) {
      const other = roomOf(target)
      if (other !== undefined && other !== room && !ROOMS[room]?.includes(other)) wrong.push(`${file} → ${target}`)
      if (target === 'hd.ts' || target === 'index.ts') wrong.push(`${file} → ${target}`)
    }
  }
  expect(wrong).toEqual([])
  expect([...rooms].toSorted()).toEqual(Object.keys(ROOMS).toSorted())
})
