import MagicString from 'magic-string'
import { isHdId } from '@unplugin-hd/core'
import { blankComments } from '../../unprocessed/find.ts'
import { isInImageSet } from '../in-image-set.ts'

/** A `url()`, or inside of an `image-set()` also a string. */
const URL_RE = /url\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^"'()\s]+))\s*\)|"([^"\n]*)"|'([^'\n]*)'/g

/**
 * A stylesheet whose references with `?hd` name the bytes of the image. Turbopack leaves `image-set()` alone, but not custom properties,
 * so the candidates of one become custom properties of the same rule.
 * @param toSpecifier called for each reference, with its position
 * @param prefix of the custom properties; unique to the stylesheet
 */
export function rewriteStyle(code: string, toSpecifier: (reference: string, index: number) => string, prefix: string): string {
  const text = blankComments(code, 'a.css')
  const result = new MagicString(code)
  let sets = 0
  for (const match of text.matchAll(URL_RE)) {
    const { 0: all, index } = match
    const reference = match.slice(1).find((group) => group !== undefined) ?? ''
    const isSet = isInImageSet(text, index)
    const isUrl = all.startsWith('url(')
    if (!isUrl && !isSet) continue
    const url = isHdId(reference) ? `url(${JSON.stringify(toSpecifier(reference, index))})` : `url(${JSON.stringify(reference)})`
    if (!isSet) {
      if (isHdId(reference)) result.overwrite(index, index + all.length, url)
    } else if (setHasHd(text, index) && !reference.startsWith('data:')) {
      const name = `--${prefix}-${sets++}`
      result.appendLeft(startOfDeclaration(text, index), `${name}:${url};`)
      result.overwrite(index, index + all.length, `var(${name})`)
    }
  }
  return result.toString()
}

/** Whether the `image-set()` around the position has a candidate with `?hd`. */
function setHasHd(text: string, index: number): boolean {
  const start = text.lastIndexOf('image-set(', index)
  const end = text.slice(start).search(/[;{}]/)
  return [...text.slice(start, end < 0 ? undefined : start + end).matchAll(URL_RE)].some((match) =>
    match.slice(1).some((group) => group !== undefined && isHdId(group)),
  )
}

function startOfDeclaration(text: string, index: number): number {
  const before = Math.max(...['{', ';', '}'].map((mark) => text.lastIndexOf(mark, index)))
  return before + 1
}
