type Rows = Uint8Array<ArrayBuffer>

/** Carries rows from the worker of one region to that of the region above. They wait until that region has a worker. */
export class Seam {
  readonly #waiting: Rows[] = []
  #send: ((rows: Rows) => void) | undefined

  /** @param rows of the next strip */
  give(rows: Rows): void {
    if (this.#send) this.#send(rows)
    else this.#waiting.push(rows)
  }

  /** @param send called with the rows of each strip, from left to right */
  take(send: (rows: Rows) => void): void {
    this.#send = send
    for (const rows of this.#waiting.splice(0)) send(rows)
  }
}
