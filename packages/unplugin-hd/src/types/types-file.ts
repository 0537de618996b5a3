import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, packageFolder, writeAtomically } from '@unplugin-hd/core'
import { queriesIn, renderDeclarations } from './declarations.ts'
import { scanQueries } from './scan.ts'

const NAME = 'unplugin-hd.d.ts'

/** The result of writing the declarations. */
export interface WrittenTypes {
  /** Number of declarations. */
  declarations: number
  /** False when the file was up to date. */
  changed: boolean
}

/** Keeps the declarations up to date during a build or in a dev server. Failures are warnings, because builds do not need the file. */
export interface TypesFile {
  /** Called for each import. Only a dev server writes the file immediately. */
  saw(reference: string): void
  /** Resolves when the file is written. */
  update(): Promise<void>
}

/**
 * Returns the path of the file.
 * @param dts the option: a path relative to the package, or `true` for `src/unplugin-hd.d.ts`, without `src` for `unplugin-hd.d.ts`
 * @param root absolute path that the bundler starts in
 */
export function typesPath(dts: string | true, root: string): string {
  const folder = packageFolder(root) ?? root
  if (typeof dts === 'string') return path.resolve(folder, dts)
  return path.join(existsSync(path.join(folder, 'src')) ? path.join(folder, 'src') : folder, NAME)
}

/**
 * Writes the declarations for all queries in the package.
 * @param more further queries @param keep keeps existing declarations, because a dev server has not seen every file
 * @throws Error when the file cannot be written
 */
export async function writeTypes(
  file: string,
  root: string,
  { more = [], keep = false }: { more?: Iterable<string>; keep?: boolean } = {},
): Promise<WrittenTypes> {
  const before = await readFile(file, 'utf8').catch(() => undefined)
  const kept = keep && before !== undefined ? queriesIn(before) : []
  const text = renderDeclarations([...kept, ...more, ...(await scanQueries(packageFolder(root) ?? root))])
  const declarations = queriesIn(text).size
  // Git may check the file out with CRLF on Windows.
  if (before?.replaceAll('\r\n', '\n') === text) return { declarations, changed: false }
  await writeAtomically(path.dirname(file), file, [Buffer.from(text)])
  return { declarations, changed: true }
}

/** @param dev true while a dev server runs */
export function createTypesFile(file: string, root: string, dev: () => boolean, warn: (message: string) => void): TypesFile {
  const seen = new Set<string>()
  let last: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    try {
      await writeTypes(file, root, dev() ? { more: seen, keep: true } : {})
    } catch (error) {
      warn(`the types of imports cannot be written to ${file}: ${errorMessage(error)}`)
    }
  }
  // Sequential, so that writes do not overwrite each other.
  const update = (): Promise<void> => (last = last.then(write))

  return {
    saw(reference) {
      const query = reference.slice(reference.indexOf('?'))
      if (!dev() || seen.has(query)) return
      seen.add(query)
      void update()
    },
    update,
  }
}
