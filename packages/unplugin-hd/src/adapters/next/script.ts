import { isHdId, mistakenQuery } from '@unplugin-hd/core'
import MagicString from 'magic-string'
import { lineAt } from '../../line-number.ts'
import { findReferences } from '../../references/find.ts'
import { blankComments, findUnprocessed } from '../../unprocessed/find.ts'

const STRING_RE = /(["'`])((?:(?!\1)[^\n\\])*?\?(?:(?!\1)[^\n\\])*)\1/g

/** What stands before a specifier that the bundler resolves, and before the one of `new URL()`. */
const IMPORT_RE = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire(?:\.resolve)?\s*\()\s*$/
const NEW_URL_RE = /\bnew\s+URL\s*\(\s*$/
const MODULE_URL_RE = /^\s*,\s*import\.meta\.url\b/

/** Before a string, for the expressions above; a comment may be in between. */
const MAX_BEFORE = 300

/** A reference in a script, and where it is written. */
export interface WrittenReference {
  reference: string
  /** From 1. */
  line: number
}

export interface Script {
  /** With `new URL()` of the bytes of the image. */
  code: string
  /** References in places that Turbopack does not resolve. */
  unprocessed: WrittenReference[]
  /** Imports with a query that looks like a mistyped `?hd`. */
  mistaken: WrittenReference[]
}

/**
 * What a script has of references with `?hd`. Imports are left to the bundler.
 * @param name of the file, which decides the syntax of comments
 * @param toSpecifier called for each reference of a `new URL()`, with its position
 */
export function readScript(code: string, name: string, toSpecifier: (reference: string, index: number) => string): Script {
  const text = blankComments(code, name)
  const result = new MagicString(code)
  const mistaken: WrittenReference[] = []
  const rest = text.replace(STRING_RE, (all: string, quote: string, reference: string, index: number) => {
    const before = text.slice(Math.max(0, index - MAX_BEFORE), index)
    const isTemplate = quote === '`' && reference.includes('${')
    if (IMPORT_RE.test(before)) {
      if (!isTemplate && mistakenQuery(reference)) mistaken.push({ reference, line: lineAt(text, index) })
      return ' '.repeat(all.length)
    }
    const isUrl = NEW_URL_RE.test(before) && MODULE_URL_RE.test(text.slice(index + all.length))
    if (!isUrl || isTemplate || !isHdId(reference)) return all
    result.overwrite(index, index + all.length, JSON.stringify(toSpecifier(reference, index)))
    return ' '.repeat(all.length)
  })
  const unprocessed = findReferences(rest, name)
    // Of images; others are any text.
    .filter(({ reference }) => findUnprocessed(reference).length > 0)
    .flatMap(({ reference, lines }) => lines.map((line) => ({ reference, line })))
  return { code: result.toString(), unprocessed, mistaken }
}
