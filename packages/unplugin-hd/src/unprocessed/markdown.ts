export const MARKDOWN_RE: RegExp = /\.mdx?$/

/** A block between fences, up to the end of the text if it is not closed. */
const FENCED_RE = /^[ \t>]*(`{3,}|~{3,})[^\n]*\n(?:[^]*?^[ \t>]*\1[`~]*[ \t]*$|[^]*)/gm

/** Code in a line. In MDX it may be a template literal. */
const INLINE_RE = /(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g

/** Replaces fenced code by blanks, so that positions and lines do not change. */
export function blankFenced(text: string): string {
  return text.replace(FENCED_RE, blank)
}

/** Replaces all code of a Markdown text by blanks. */
export function blankCode(text: string): string {
  return blankFenced(text).replace(INLINE_RE, blank)
}

function blank(code: string): string {
  return code.replace(/\S/g, ' ')
}
