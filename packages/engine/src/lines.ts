import type { Piece } from './protocol.ts'

/** Lines of the result on their way out of the pipeline's memory, joined to as few pieces as possible. */
export class Lines {
  readonly #pieces: { line: number; column: number; lines: Uint8Array[] }[] = []

  /** @param pixels copied */
  add(line: number, column: number, pixels: Uint8Array): void {
    const last = this.#pieces.at(-1)
    const copy = pixels.slice()
    if (last && last.column === column && last.line + last.lines.length === line) last.lines.push(copy)
    else this.#pieces.push({ line, column, lines: [copy] })
  }

  join(): Piece[] {
    return this.#pieces.map(({ line, column, lines }) => {
      const [{ length }] = lines as [Uint8Array]
      const pixels = new Uint8Array(lines.length * length)
      for (const [index, each] of lines.entries()) pixels.set(each, index * length)
      return { line, column, length, pixels }
    })
  }
}
