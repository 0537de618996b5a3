import { isHdId } from '@unplugin-hd/core'
import { lineAt } from '../line-number.ts'
import { blankComments } from '../unprocessed/find.ts'

/** Quoted text on one line, in scripts, JSX, pages and stylesheets. */
const QUOTED_RE = /(["'`])((?:(?!\1)[^\n\\])*?\?(?:(?!\1)[^\n\\])*)\1/g

/** Unquoted references: in `url()`, Markdown, and lists with descriptors. */
const BARE_RE = /[^\s"'`()<>\\,=]+\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?[^\s"'`()<>\\#,]+/gi

/** `import.meta.glob('./img/*.png', { query: '?hd' })`, with a list of patterns as well. */
const GLOB_RE =
  /import\.meta\.glob\s*(?:<[^()]*>)?\(\s*(\[[^\]]*\]|["'`][^"'`]*["'`])\s*,\s*\{[^}]*?\bquery:\s*["'`](\?[^"'`]*)["'`]/g

const TEXT_RE = /["'`]([^"'`]+)["'`]/g

/** A reference in a source file. With `isGlob` its path contains `*` and means several images. */
export interface FoundReference {
  /** `./a.jpg?hd&as=img`, or `./img/*.png?hd`. */
  reference: string
  isGlob: boolean
  /** Where it is written, from 1; several times in one file, perhaps. */
  lines: number[]
}

/**
 * The references with `?hd` in a source file. Paths with spaces are found only in quotes. Template literals become globs:
 * `./img/${name}.jpg?hd` is `./img/*.jpg?hd`.
 * @param name of the file, which decides the syntax of comments
 */
export function findReferences(text: string, name: string): FoundReference[] {
  if (!/[?&]hd\b/.test(text)) return []
  const code = blankComments(text, name)
  const found = new Map<string, FoundReference>()
  const add = (written: string, isGlob: boolean, index: number): void => {
    const reference = written.replaceAll('&amp;', '&').trim()
    if (reference.startsWith('?') || !isHdId(reference)) return
    const known = found.get(reference) ?? { reference, isGlob, lines: [] }
    found.set(reference, known)
    const line = lineAt(code, index)
    if (!known.lines.includes(line)) known.lines.push(line)
  }
  for (const { 1: patterns, 2: query, index } of code.matchAll(GLOB_RE))
    for (const [, pattern] of patterns!.matchAll(TEXT_RE)) if (!pattern!.startsWith('!')) add(pattern! + query!, true, index)
  const rest = code.replace(QUOTED_RE, (all, quote: string, written: string, index: number) => {
    // Lists with descriptors (`srcset`) are split below.
    if (/\?\S*\s/.test(written)) return all
    if (quote === '`' && written.includes('${')) add(written.replaceAll(/\$\{[^}]*\}/g, '*'), true, index)
    else add(written, false, index)
    // Of the same length, so that lines stay what they are.
    return ' '.repeat(all.length)
  })
  for (const { 0: reference, index } of rest.matchAll(BARE_RE)) add(reference, false, index)
  return [...found.values()]
}
