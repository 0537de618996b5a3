import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** Files that TypeScript or a framework's type checker reads. */
const SOURCE_RE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx)$/

/** Folders of dependencies and build output. */
const SKIPPED_RE = /^(?:\.|node_modules$|dist$|coverage$)/

/** A quoted string with `?hd`, from the question mark on. */
const SPECIFIER_RE = /(["'])[^"'\n]*?(\?(?:[^"'\n#]*&)?hd(?=[=&"'])[^"'\n#]*)\1/g

/** Files read concurrently. */
const AT_ONCE = 32

/**
 * Finds all `?hd` queries in the files of a folder, as written. Includes files that no build reaches, because TypeScript checks them
 * too.
 * @param folder absolute path
 */
export async function scanQueries(folder: string): Promise<Set<string>> {
  const files = await sourcesIn(folder)
  const queries = new Set<string>()
  const read = async (): Promise<void> => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const text = await readFile(file, 'utf8').catch(() => '')
      for (const [, , query] of text.matchAll(SPECIFIER_RE)) queries.add(query!)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, read))
  return queries
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = await Promise.all(
    entries.map((entry) => {
      const file = path.join(folder, entry.name)
      if (entry.isDirectory()) return SKIPPED_RE.test(entry.name) ? [] : sourcesIn(file)
      return SOURCE_RE.test(entry.name) && !entry.name.endsWith('.d.ts') ? [file] : []
    }),
  )
  return found.flat()
}
