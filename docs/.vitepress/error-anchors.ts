import type { MarkdownRenderer } from 'vitepress'

/** Gives each row of the table of errors the code as its id: messages link to `errors#HD_SOURCE_FORMAT`. */
export function withErrorAnchors(md: MarkdownRenderer): void {
  md.renderer.rules.tr_open = (tokens, index, options, _, self) => {
    // The row, its first cell, and the text in it.
    const [first] = tokens[index + 2]?.children ?? []
    if (first?.type === 'code_inline' && /^HD_[A-Z_]+$/.test(first.content)) tokens[index]!.attrSet('id', first.content)
    return self.renderToken(tokens, index, options)
  }
}
