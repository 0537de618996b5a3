/** Control characters (C0, DEL, C1), what turns the direction of writing, line separators, the byte order mark. */
const HIDDEN_RE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\uFEFF]/gu

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * The text with escapes in place of what a terminal or a log would obey instead of showing it: `\x1b[31m`, `\n`, `\u202e`. Names of
 * files, URLs and words of services pass through here before they are printed.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN_RE, (character) => {
    const code = character.codePointAt(0)!
    return NAMES[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

/** JSON of a value, in which the same characters are escapes as JSON has them: by itself it escapes only some of them. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN_RE, (character) => `\\u${hex(character.codePointAt(0)!, 4)}`)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** The text, or its start with an ellipsis. */
export function bounded(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
