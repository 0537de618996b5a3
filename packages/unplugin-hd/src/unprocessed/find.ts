import { mistakenQuery } from '@unplugin-hd/core'

/** Matches possible mistyped `hd` keys; `mistakenQuery` of core decides. */
const MISTAKEN_KEY = String.raw`@?[2-9]x|hd@?\d+x?`

/** A second query within the query. */
const SECOND_QUERY_RE = /^\?[^\s"'`()<>\\#,]*/

/**
 * The end of a reference to an image with an `hd` key in its query, or a mistyped one, up to the end of the string or `url()`. It begins
 * at the extension: outputs contain inlined images, megabytes without a delimiter, where a path could begin at every character.
 */
const REFERENCE_END_RE = new RegExp(
  String.raw`\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?(?:[^\s"'\`()<>\\#,]*&)?(?:hd|${MISTAKEN_KEY})(?=[\s"'\`()<>\\&=#,?]|$)`,
  'gi',
)

/** The path before it. */
const PATH_RE = /[^\s"'`()<>\\,=]*$/

/** Quotes of a value within an attribute, such as JSON. */
const ENCODED_QUOTE_RE = /^.*&(?:quot|#34|#x22|#39|#x27|apos);/i

/** Of longer paths only the end is used. */
const MAX_PATH = 300

/**
 * Comments contain module ids, which bundlers write, and arbitrary text. Recognized are comments at the start of a line (webpack writes `;// …`
 * there), `// …` at the end of a line, and `/* … *\/` with a space after its start. Others may be text, for example a glob.
 */
const COMMENT_RE = /^[ \t;]*\/\/.*$|[ \t]\/\/[ \t].{0,300}$|^[ \t]*\/\*[^]*?\*\/|\/\*[*!]?\s[^]{0,2000}?\*\//gm

/** Only for pages and components; in scripts it may be text. */
const HTML_COMMENT_RE = /<!--[^]*?-->/g

/** Output files that may contain references. */
export const TEXT_OUTPUT_RE: RegExp = /\.(?:[cm]?js|css|html?)$/

/**
 * The references to `?hd` images in an output file, without duplicates: they were not processed.
 * @param fileName decides the syntax of comments
 */
export function findUnprocessed(code: string, fileName: string = ''): string[] {
  // Most outputs have none, so check before removing comments.
  return code.search(REFERENCE_END_RE) < 0 ? [] : references(blankComments(code, fileName))
}

/** Replaces comments by blanks, so that positions and lines do not change. */
export function blankComments(code: string, fileName: string): string {
  const rest = /\.(?:html?|vue|svelte|astro)$/.test(fileName) ? code.replace(HTML_COMMENT_RE, blank) : code
  return rest.replace(COMMENT_RE, blank)
}

function blank(comment: string): string {
  return comment.replace(/\S/g, ' ')
}

function references(code: string): string[] {
  const found = new Set<string>()
  for (const { 0: end, index } of code.matchAll(REFERENCE_END_RE)) {
    const path = PATH_RE.exec(code.slice(Math.max(0, index - MAX_PATH), index))![0].replace(ENCODED_QUOTE_RE, '')
    const rest = SECOND_QUERY_RE.exec(code.slice(index + end.length, index + end.length + MAX_PATH))?.[0] ?? ''
    found.add(path + end + rest)
  }
  return [...found]
}

/** The warning for an unprocessed reference. @param isLeftOut whether `include` or `exclude` excluded it */
export function unprocessedMessage(reference: string, where: string, isLeftOut: boolean = false): string {
  const mistaken = mistakenQuery(reference)
  if (mistaken) {
    return `'${reference}' in ${where} is not a query of unplugin-hd, so the image is shipped unchanged. Write '${queryOf(mistaken.instead)}'`
  }
  const what = `'${reference}' in ${where} was not processed by unplugin-hd, so the image is shipped at 1x, if at all`
  return isLeftOut
    ? `${what}: the option 'include' or 'exclude' excludes it. Change that option, or remove '?hd'`
    : `${what}. Import it in JavaScript (\`import url from '${reference}'\`), and check 'include' and 'exclude'`
}

function queryOf(reference: string): string {
  return reference.slice(reference.indexOf('?'))
}
