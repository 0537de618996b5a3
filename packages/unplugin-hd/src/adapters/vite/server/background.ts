/** Work that nobody waits for, newest wish first. */
export interface Background {
  /** Has `work` done as soon as it is its turn; when it waits already, it comes to the front. */
  add(id: string, work: () => Promise<void>): void
  /** It waits, or is being done. */
  has(id: string): boolean
  /** Begins nothing while the returned function has not been called, nor shortly afterwards. */
  hold(): () => void
  /** Forgets what waits. */
  clear(): void
}

/** After the last hold: whoever asks for several things asks for the next one now. */
const REST_MS = 150

/** Beyond them the oldest wishes are forgotten: their pages are long gone, and would ask again. */
const MAX_WAITING = 1000

/** @param concurrency how many are done at once */
export function createBackground(concurrency: number): Background {
  /** The last one is next. */
  const waiting = new Map<string, () => Promise<void>>()
  const running = new Set<string>()
  let holds = 0
  let rest: NodeJS.Timeout | undefined

  const hasRoom = (): boolean => holds === 0 && rest === undefined && running.size < concurrency
  const admit = (): void => {
    while (hasRoom() && waiting.size > 0) {
      const [id, work] = [...waiting].at(-1)!
      waiting.delete(id)
      running.add(id)
      void work().finally(() => {
        running.delete(id)
        admit()
      })
    }
  }
  const wake = (): void => {
    rest = undefined
    admit()
  }

  return {
    add(id, work) {
      if (running.has(id)) return
      waiting.delete(id)
      waiting.set(id, work)
      if (waiting.size > MAX_WAITING) waiting.delete(waiting.keys().next().value!)
      admit()
    },
    has: (id) => waiting.has(id) || running.has(id),
    hold() {
      holds++
      clearTimeout(rest)
      rest = undefined
      return () => {
        if (--holds > 0) return
        rest = setTimeout(wake, REST_MS)
        rest.unref()
      }
    },
    clear: () => waiting.clear(),
  }
}
