import { blankComments, findUnprocessed, unprocessedMessage } from '../../../unprocessed/find.ts'
import { blankFenced } from '../../../unprocessed/markdown.ts'
import { displayPath, lineAt } from '../place.ts'

/** An attribute with a string. JSX passes it on unchanged, so only an imported image is processed. */
const ATTRIBUTE_RE = /\s(?:src|srcset|poster|href|imagesrcset)=\{?\s*(["'`])([^"'`]*)\1/gi

/** One warning for each string attribute of a JSX or MDX file that names an image with `?hd`. */
export function findUnprocessedInJsx(root: string, code: string, id: string): string[] {
  const text = blankComments(code, id)
  return [...(id.endsWith('.mdx') ? blankFenced(text) : text).matchAll(ATTRIBUTE_RE)].flatMap(
    ({ 0: attribute, 2: value, index }) =>
      findUnprocessed(value!).map((reference) => {
        const line = lineAt(code, index + attribute.indexOf(reference))
        return unprocessedMessage(reference, `${displayPath(root, id)}:${line}`)
      }),
  )
}
