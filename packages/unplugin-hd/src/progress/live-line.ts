/** A terminal is written to at most this often. */
const INTERVAL_MS = 80

/** Back to the start of the line, and erase it (ECMA-48: CR, EL). */
export const ERASE: string = '\r\u001B[K'

export interface LiveLine {
  /** Replaces the line. */
  show: (text: string) => void
  /** Removes it, so that something can be printed above. */
  clear: () => void
}

/** A line at the bottom of a terminal that is overwritten in place. @param off does nothing, for pipes and files */
export function createLiveLine(stream: { write(text: string): unknown; columns?: number }, off: boolean): LiveLine {
  let shown = false
  let last = 0
  return {
    show(text) {
      const now = performance.now()
      if (off || now - last < INTERVAL_MS) return
      last = now
      shown = true
      // A terminal that does not know its width says 0.
      stream.write(ERASE + text.slice(0, (stream.columns || 80) - 1))
    },
    clear() {
      if (shown) stream.write(ERASE)
      shown = false
    },
  }
}
