import { existsSync } from 'node:fs'
import path from 'node:path'

/** Names of configuration files without extension, in the order in which they are tried. */
const TOOLS = [
  'vite.config',
  'nuxt.config',
  'astro.config',
  'next.config',
  'electron.vite.config',
  'webpack.config',
  'rspack.config',
  'rollup.config',
  'rolldown.config',
]

/** In the order in which Vite tries them. */
const EXTENSIONS = ['js', 'mjs', 'ts', 'cjs', 'mts', 'cts']

/** The configurations of a project, as names relative to it. @param folder absolute path */
export function configFiles(folder: string): string[] {
  return TOOLS.flatMap((tool) => EXTENSIONS.map((extension) => `${tool}.${extension}`)).filter((name) =>
    existsSync(path.join(folder, name)),
  )
}
