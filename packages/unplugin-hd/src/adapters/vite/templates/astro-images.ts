import { parseRequest } from '@unplugin-hd/core'
import { blankComments } from '../../../unprocessed/find.ts'
import { blankFenced } from '../../../unprocessed/markdown.ts'
import { displayPath, lineAt } from '../place.ts'

const IMPORT_RE = /\bimport\s+([\w$]+)\s+from\s+["']([^"'\n]+\?[^"'\n]*)["']/g

const COMPONENT_RE = /<(?:Image|Picture)(?=[\s/])/g

const ASSETS_RE = /\bfrom\s+["']astro:assets["']/

/** True for a reference with `as=asset`. */
export function isAsset(reference: string): boolean {
  try {
    return parseRequest(reference)?.request.as === 'asset'
  } catch {
    // The import reports a wrong query.
    return false
  }
}

/**
 * One warning for each `<Image>` and `<Picture>` of Astro that shows an imported `?hd&as=asset` at 1x: Astro serves a file of the size in
 * the metadata, that of the source, unless it is asked for densities.
 */
export function findImagesAt1x(root: string, code: string, id: string): string[] {
  const text = id.endsWith('.mdx') ? blankFenced(blankComments(code, id)) : blankComments(code, id)
  if (!ASSETS_RE.test(text)) return []
  const assets = new Map([...text.matchAll(IMPORT_RE)].map(([, name, reference]) => [name!, reference!]))
  return [...text.matchAll(COMPONENT_RE)].flatMap(({ 0: start, index }) => {
    const tag = text.slice(index, tagEnd(text, index))
    const reference = assets.get(/\ssrc=\{\s*([\w$]+)\s*\}/.exec(tag)?.[1] ?? '')
    // Attributes that are spread may have densities.
    if (reference === undefined || !isAsset(reference) || /\{\s*\.\.\./.test(tag)) return []
    const layout = /\slayout=(?!["']none["'])/.test(tag)
    if (!layout && /\sdensities=/.test(tag)) return []
    const where = `${displayPath(root, id)}:${lineAt(text, index)}`
    const [reason, remedy] = layout
      ? ["Astro limits 'layout' to the size of the source", 'layout="none" densities={[1, 2]}']
      : [`this ${start}> has no densities`, 'densities={[1, 2]}']
    return [`'${reference}' in ${where} is shown at 1x, because ${reason}. Write ${remedy}`]
  })
}

/** The end of the tag that starts at an index: a `>` outside of quotes and braces. */
function tagEnd(text: string, start: number): number {
  let depth = 0
  let quote = ''
  for (let index = start; index < text.length; index++) {
    const letter = text[index]!
    if (quote) quote = letter === quote ? '' : quote
    else if ('"\'`'.includes(letter)) quote = letter
    else if (letter === '{') depth++
    else if (letter === '}') depth--
    else if (letter === '>' && depth === 0) return index
  }
  return text.length
}
