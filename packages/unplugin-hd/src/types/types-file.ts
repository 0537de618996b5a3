import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage, packageFolder, writeAtomically } from '@unplugin-hd/core'
import { queriesIn, renderDeclarations } from './declarations.ts'
import { scanQueries } from './scan.ts'

const NAME = 'unplugin-hd.d.ts'

/** What came of a file of declarations. */
export interface WrittenTypes {
  /** How many declarations it has. */
  declarations: number
  /** False when it was the same already. */
  changed: boolean
}

/** Keeps the file of declarations, while a build or a dev server runs. Failures are warnings: a build does not need it. */
export interface TypesFile {
  /** What was imported just now. Only a dev server writes it at once. */
  saw(reference: string): void
  /** Resolves when all is written. */
  update(): Promise<void>
}

/**
 * The path of the file.
 * @param dts of the option: a path relative to the package, or `true` for `src/unplugin-hd.d.ts`, without `src` for `unplugin-hd.d.ts`
 * @param root absolute path that the bundler starts in
 */
export function typesPath(dts: string | true, root: string): string {
  const folder = packageFolder(root) ?? root
  if (typeof dts === 'string') return path.resolve(folder, dts)
  return path.join(existsSync(path.join(folder, 'src')) ? path.join(folder, 'src') : folder, NAME)
}

/**
 * Writes the declarations for the queries that the files of the package name.
 * @param more queries beside those @param keep what the file declares already stays: a dev server has not seen everything
 * @throws Error when it cannot be written
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
  // A file of the same lines, as Git may have checked it out on Windows.
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
  // One after the other, so that none undoes what another wrote.
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
