import type { Demand, Pool } from './pool.ts'

/**
 * The slot of one request in a pool. It is entered where memory is needed, and left while the request waits for the work of
 * others, so that they can use it.
 */
export interface Turn {
  /** Resolves when the slot is held; immediately if it already is. @throws HdError `HD_ABORTED` */
  enter(): Promise<void>
  /** Releases the slot if it is held. */
  leave(): void
  /** Total time spent waiting, in milliseconds. */
  readonly waitedMs: number
}

export function createTurn(pool: Pool, demand: Demand, signal: AbortSignal): Turn {
  let release: (() => void) | undefined
  let waitedMs = 0
  return {
    async enter() {
      if (release) return
      const begun = performance.now()
      release = await pool.enter(demand, signal)
      waitedMs += performance.now() - begun
    },
    leave() {
      release?.()
      release = undefined
    },
    get waitedMs() {
      return waitedMs
    },
  }
}
