import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { mistakenQuery, relativePath } from '@unplugin-hd/core'
import { lineAt } from '../line-number.ts'
import { blankComments } from './find.ts'
import { blankFenced, MARKDOWN_RE } from './markdown.ts'
import { followStyles } from './styles.ts'

/** Files that are searched for a reference. */
const SOURCE_RE = /\.(?:[cm]?[jt]sx?|html?|vue|svelte|astro|mdx?|css|less|s[ac]ss|styl(?:us)?|pcss|postcss|sss)$/

/** The text before the specifier of an import. */
const IMPORT_RE = /(?:\bfrom|\bimport)\s*\(?\s*["'`]$/

/** The most places to list. */
const MAX_PLACES = 3

export interface FoundSources {
  /** `src/main.js:3`, relative to the root. */
  places: string[]
  /** True if all of them are text of Markdown files, which a framework keeps as data: code blocks, and what was processed. */
  isText: boolean
}

/**
 * Finds where an unprocessed reference of the output is written in the sources.
 * @param reference as in the output; exact matches take precedence over others
 * @param output name of the output file; scripts keep relative references unchanged, so for them only exact matches count
 * @param image the file name of the image in the project, which may differ from that in the output
 * @param processed places that were processed, listed only if there are no others
 * @param ids of the modules of the build; stylesheets that they import are searched as well
 */
export async function findSources(
  reference: string,
  output: string,
  image: string,
  ids: Iterable<string>,
  root: string,
  processed: ReadonlySet<string> = new Set(),
): Promise<FoundSources> {
  const files = new Set([...ids].map((id) => id.split('?', 1)[0]!).filter((id) => path.isAbsolute(id) && SOURCE_RE.test(id)))
  // A mistyped query must match exactly.
  const query = mistakenQuery(reference) ? escape(reference.slice(reference.indexOf('?'))) : `\\?(?:[^\\s"'\`()<>]*[&;])?hd`
  const pattern = new RegExp(`${escape(image)}${query}(?![\\w-])`, 'g')
  const [specifier] = reference.split('?', 1)
  const isKept = specifier!.startsWith('.') && /\.[cm]?js$/.test(output)
  const same: string[] = []
  const others: string[] = []
  const imports: string[] = []
  const done: string[] = []
  const texts: string[] = []
  for (const file of [...files, ...(await followStyles(files))]) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (!text.includes(image)) continue
    const code = blankComments(text, file)
    const isMarkdown = MARKDOWN_RE.test(file)
    const markup = isMarkdown ? blankFenced(code) : code
    for (const { index } of code.matchAll(pattern)) {
      const start = /[^\s"'`()<>,]*$/.exec(code.slice(0, index))!.index
      const isSame = code.slice(start, index + image.length) === specifier
      if (isKept && !isSame) continue
      // Imports are always processed, unless the file is excluded.
      const isImport = IMPORT_RE.test(code.slice(Math.max(0, start - 50), start))
      const place = `${relativePath(root, file)}:${lineAt(code, index)}`
      const isDone = processed.has(place)
      // VitePress makes components of `.md` files, so there the line of what is done may be that of something else.
      const isText = isMarkdown && (isImport || markup[index] === ' ' || (isDone && file.endsWith('.mdx')))
      const list = isText ? texts : isDone ? done : isImport ? imports : isSame ? same : others
      list.push(place)
    }
  }
  const places = [same, others, imports, done, texts].find(({ length }) => length > 0) ?? []
  return { places: [...new Set(places)].slice(0, MAX_PLACES), isText: places === texts }
}

function escape(text: string): string {
  // URLs encode some characters.
  return text.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&').replace(/[^\w.$()*+/?[\\\]^{|}@-]/g, '.{1,12}')
}
