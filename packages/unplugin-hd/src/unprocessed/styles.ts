import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const STYLE_RE = /\.(?:css|less|s[ac]ss|styl(?:us)?|pcss|postcss|sss)$/
const IMPORT_RE = /@(?:import|use|forward|require|reference)\s+(?:\([^)]*\)\s*)?(?:url\(\s*)?["']?([^"'()\s;]+)/g
const EXTENSIONS = ['', '.scss', '.sass', '.less', '.css', '.styl', '.pcss']

/**
 * The stylesheets that stylesheets import by relative paths, recursively. Bundlers do not list them, because the CSS compilers read
 * them.
 * @param files absolute paths; only stylesheets are read
 */
export async function followStyles(files: Iterable<string>): Promise<string[]> {
  const seen = new Set([...files].filter((file) => STYLE_RE.test(file)))
  const first = seen.size
  for (const file of seen) {
    const text = await readFile(file, 'utf8').catch(() => '')
    for (const [, specifier] of text.matchAll(IMPORT_RE)) {
      const found = candidates(path.resolve(path.dirname(file), specifier!)).find((candidate) => existsSync(candidate))
      if (found !== undefined) seen.add(found)
    }
  }
  return [...seen].slice(first)
}

/** The file names that Sass and Less try. */
function candidates(file: string): string[] {
  const { dir, base } = path.parse(file)
  const names = [base, `_${base}`, path.join(base, 'index'), path.join(base, '_index')]
  return names
    .flatMap((name) => EXTENSIONS.map((extension) => path.join(dir, name + extension)))
    .filter((name) => STYLE_RE.test(name))
}
