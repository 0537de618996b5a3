/** Background work. The latest task runs first. */
export interface Background {
  /** Adds a task. One that waits already moves to the front, one that runs is left alone. */
  add(id: string, task: () => Promise<void>): void
  /** True while the task waits or runs. */
  has(id: string): boolean
  /** Begins no task until the returned function is called, and for a moment after that. */
  hold(): () => void
  /** Drops the tasks that wait. */
  clear(): void
}

/** The delay after the last hold: a page requests its next image within this time. */
const REST_MS = 150

/** The most waiting tasks. Older ones are dropped: their pages are closed, or request the image again. */
const MAX_WAITING = 1000

/**
 * @param concurrency how many tasks run at once
 * @param onDrop called with the id of a task that will not run after all, but for those that `clear` drops
 */
export function createBackground(concurrency: number, onDrop: (id: string) => void = () => undefined): Background {
  /** In the order they were added. */
  const waiting = new Map<string, () => Promise<void>>()
  const running = new Set<string>()
  let holds = 0
  let rest: NodeJS.Timeout | undefined

  const hasRoom = (): boolean => holds === 0 && rest === undefined && running.size < concurrency
  const admit = (): void => {
    while (hasRoom() && waiting.size > 0) {
      const [id, task] = [...waiting].at(-1)!
      waiting.delete(id)
      running.add(id)
      void task().finally(() => {
        running.delete(id)
        admit()
      })
    }
  }
  const drop = (id: string): void => {
    waiting.delete(id)
    onDrop(id)
  }
  const wake = (): void => {
    rest = undefined
    admit()
  }

  return {
    add(id, task) {
      if (running.has(id)) return
      waiting.delete(id)
      waiting.set(id, task)
      if (waiting.size > MAX_WAITING) drop(waiting.keys().next().value!)
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
