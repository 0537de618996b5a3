/** Control characters (C0, DEL, C1), bidirectional controls, line separators, the byte order mark. */
const HIDDEN_RE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\uFEFF]/gu

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Escapes characters that a terminal or a log would interpret: `\x1b[31m`, `\n`, `\u202e`. Apply it to file names, URLs and messages
 * of services before printing them.
 */
export function visible(text: string): string {
  return text.replace(HIDDEN_RE, (character) => {
    const code = character.codePointAt(0)!
    return NAMES[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`)
  })
}

/** JSON with the same characters escaped; `JSON.stringify` escapes only some of them. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN_RE, (character) => `\\u${hex(character.codePointAt(0)!, 4)}`)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

/** The text, cut with an ellipsis if necessary. */
export function bounded(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
