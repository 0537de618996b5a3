/** The shortest time between two updates. */
const INTERVAL_MS = 80

/** Moves to the start of the line and erases it (ECMA-48: CR, EL). */
export const ERASE: string = '\r\u001B[K'

export interface LiveLine {
  /** Replaces the line. */
  show: (text: string) => void
  /** Removes the line, so that other output can be printed. */
  clear: () => void
}

/** A line at the bottom of a terminal, overwritten in place. @param off disables it, for pipes and files */
export function createLiveLine(stream: { write(text: string): unknown; columns?: number }, off: boolean): LiveLine {
  let shown = false
  let last = 0
  return {
    show(text) {
      const now = performance.now()
      if (off || now - last < INTERVAL_MS) return
      last = now
      shown = true
      // A terminal of unknown width reports 0.
      stream.write(ERASE + text.slice(0, (stream.columns || 80) - 1))
    },
    clear() {
      if (shown) stream.write(ERASE)
      shown = false
    },
  }
}
