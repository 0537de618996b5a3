import { mistakenQuery } from '@unplugin-hd/core'

/** What may be a mistyped `hd` key; `mistakenQuery` of core decides. */
const MISTAKEN_KEY = String.raw`@?[2-9]x|hd@?\d+x?`

/** Of a second query in the query. */
const SECOND_QUERY_RE = /^\?[^\s"'`()<>\\#,]*/

/**
 * The end of a reference to an image with a whole `hd` key in its query, or what looks like one, up to what ends a string or a
 * `url()`. It begins at the extension, because outputs hold inlined images, megabytes without a delimiter, at whose every letter a
 * path could begin.
 */
const REFERENCE_END_RE = new RegExp(
  String.raw`\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?(?:[^\s"'\`()<>\\#,]*&)?(?:hd|${MISTAKEN_KEY})(?=[\s"'\`()<>\\&=#,?]|$)`,
  'gi',
)

/** The path before it. */
const PATH_RE = /[^\s"'`()<>\\,=]*$/

/** Of longer paths only the end is shown. */
const MAX_PATH = 300

/**
 * Comments hold module ids that bundlers write, and arbitrary text. A comment is recognized where a line begins as one, `// …` at the end of a line, and `/* … *\/` with a space after its start: elsewhere it may be text, a glob for example.
 */
const COMMENT_RE = /^[ \t]*\/\/.*$|[ \t]\/\/[ \t].{0,300}$|^[ \t]*\/\*[^]*?\*\/|\/\*[*!]?\s[^]{0,2000}?\*\//gm

/** Of pages and components; in scripts it may be text. */
const HTML_COMMENT_RE = /<!--[^]*?-->/g

/** Output files in which a reference can stand. */
export const TEXT_OUTPUT_RE: RegExp = /\.(?:[cm]?js|css|html?)$/

/**
 * The references to `?hd` images that are left in an output file, each once: none of them was processed.
 * @param fileName its name, by which comments are told
 */
export function findUnprocessed(code: string, fileName: string = ''): string[] {
  // Hardly any output has one at all, and then comments do not matter.
  return code.search(REFERENCE_END_RE) < 0 ? [] : references(blankComments(code, fileName))
}

/** The code with blanks for comments, so that positions and lines stay what they are. */
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
    const path = PATH_RE.exec(code.slice(Math.max(0, index - MAX_PATH), index))![0]
    const rest = SECOND_QUERY_RE.exec(code.slice(index + end.length, index + end.length + MAX_PATH))?.[0] ?? ''
    found.add(path + end + rest)
  }
  return [...found]
}

/** One warning for what was not processed. @param isLeftOut whether `include` or `exclude` said so */
export function unprocessedMessage(reference: string, where: string, isLeftOut: boolean = false): string {
  const mistaken = mistakenQuery(reference)
  if (mistaken) {
    return `'${reference}' in ${where} is no query of unplugin-hd, so the image is shipped as it is. Write '${queryOf(mistaken.instead)}'`
  }
  const what = `'${reference}' in ${where} was not processed by unplugin-hd, so the image is shipped at 1x, if at all`
  return isLeftOut
    ? `${what}: the option 'include' or 'exclude' leaves it out. Change that option, or write the reference without '?hd'`
    : `${what}. Import it in JavaScript (\`import url from '${reference}'\`), and check 'include' and 'exclude'`
}

function queryOf(reference: string): string {
  return reference.slice(reference.indexOf('?'))
}
