import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { glob } from 'tinyglobby'
import { findReferences } from './references.ts'

const SOURCES =
  '**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,vue,svelte,astro,md,mdx,html,htm,css,scss,sass,less,styl,stylus,pcss,postcss,sss}'

/** What is not of the project, or was built from it. */
const SKIPPED = ['**/node_modules/**', '**/dist/**', '**/build/**', '**/coverage/**', '**/.*/**', '**/*.d.ts']

export interface ScannedReference {
  reference: string
  isGlob: boolean
  /** Absolute path of the file that writes it. */
  importer: string
}

/** Every reference with `?hd` below a folder. */
export async function scanReferences(folder: string): Promise<ScannedReference[]> {
  const files = (await glob(SOURCES, { cwd: folder, absolute: true, ignore: SKIPPED, dot: false })).toSorted()
  const found: ScannedReference[] = []
  for (const file of files) {
    const importer = path.normalize(file)
    const text = await readFile(importer, 'utf8').catch(() => '')
    for (const each of findReferences(text, importer)) found.push({ ...each, importer })
  }
  return found
}
