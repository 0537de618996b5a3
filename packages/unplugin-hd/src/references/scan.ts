import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { relativePath } from '@unplugin-hd/core'
import { glob } from 'tinyglobby'
import { findReferences, type FoundReference } from './find.ts'

const EXTENSIONS =
  'js,mjs,cjs,jsx,ts,mts,cts,tsx,vue,svelte,astro,md,mdx,html,htm,css,scss,sass,less,styl,stylus,pcss,postcss,sss'

/** Folders of dependencies and build outputs. */
const SKIPPED = ['node_modules', 'dist', 'build', 'coverage', '.*']

const SOURCE_RE = new RegExp(`(?<!\\.d)\\.(?:${EXTENSIONS.replaceAll(',', '|')})$`)
const SKIPPED_RE = /(?:^|\/)(?:\.|(?:node_modules|dist|build|coverage)\/)/

export interface ScannedReference extends FoundReference {
  /** Absolute path of the file that contains it. */
  importer: string
}

/** The files below a folder that may hold references. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const files = await glob(`**/*.{${EXTENSIONS}}`, {
    cwd: folder,
    absolute: true,
    ignore: [...SKIPPED.map((name) => `**/${name}/**`), '**/*.d.ts'],
    dot: false,
  })
  return files.map((file) => path.normalize(file)).toSorted()
}

/** True for a file that {@link sourceFiles} would list. @param file absolute path */
export function isSource(file: string, folder: string): boolean {
  const name = relativePath(folder, file)
  return !path.isAbsolute(name) && !SKIPPED_RE.test(name) && SOURCE_RE.test(name)
}

/** The references in a file; none where it cannot be read. @param file absolute path */
export async function scanFile(file: string): Promise<ScannedReference[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return findReferences(text, file).map((found) => ({ ...found, importer: file }))
}

/** All references with `?hd` below a folder. */
export async function scanReferences(folder: string): Promise<ScannedReference[]> {
  const found: ScannedReference[] = []
  for (const file of await sourceFiles(folder)) found.push(...(await scanFile(file)))
  return found
}
