/** A reference to a picture with a whole `hd` key in its query, up to what ends a string or a `url()`. */
const REFERENCE_RE =
  /[^\s"'`()<>\\,=]*\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?(?:[^\s"'`()<>\\#,]*&)?hd(?=[\s"'`()<>\\&=#,]|$)/gi

/**
 * Bundlers write the ids of modules into comments, and users what they please. What is seen as one is a line that begins as
 * one, `// …` at the end of a line, and `/* … *\/` with a space after its start: elsewhere it may be text, a glob for example.
 */
const COMMENT_RE = /^\s*\/\/.*$|[ \t]\/\/[ \t].{0,300}$|^\s*\/\*[^]*?\*\/|\/\*[*!]?\s[^]{0,2000}?\*\//gm

/** Output files in which a reference can stand. */
export const TEXT_OUTPUT_RE: RegExp = /\.(?:[cm]?js|css|html?)$/

/** The references to `?hd` pictures that are left in an output file, each once: none of them was processed. */
export function findSlipped(code: string): string[] {
  if (!code.includes('hd')) return []
  return [...new Set(code.replace(COMMENT_RE, '').match(REFERENCE_RE) ?? [])]
}

/** One warning for what slipped through. */
export function slippedMessage(reference: string, where: string): string {
  return (
    `'${reference}' in ${where} was not processed by unplugin-hd, so the picture is shipped at 1x, if at all. ` +
    `Import it in JavaScript (\`import url from '${reference}'\`), and check 'include' and 'exclude'`
  )
}
