import type { Piece } from './protocol.ts'

/** The most lines in a piece: roughly what a worker makes between two checks for messages. */
const MAX_LINES = 64

/** Collects lines of the result from the pipeline's memory, in as few pieces as possible. */
export class Lines {
  readonly #pieces: { line: number; column: number; length: number; count: number; buffer: Uint8Array<ArrayBuffer> }[] = []

  /** @param pixels copied */
  add(line: number, column: number, pixels: Uint8Array): void {
    const { length } = pixels
    let piece = this.#pieces.at(-1)
    if (piece?.column !== column || piece.line + piece.count !== line || piece.count === MAX_LINES) {
      piece = { line, column, length, count: 0, buffer: new Uint8Array(MAX_LINES * length) }
      this.#pieces.push(piece)
    }
    piece.buffer.set(pixels, length * piece.count++)
  }

  join(): Piece[] {
    return this.#pieces.map(({ line, column, length, count, buffer }) => ({
      line,
      column,
      length,
      pixels: buffer.subarray(0, count * length),
    }))
  }
}
