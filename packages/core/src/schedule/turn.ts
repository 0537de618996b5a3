import type { Demand, Pool } from './pool.ts'

/**
 * The room that one request takes in a pool. It is entered where memory is taken, and left wherever the request waits for what
 * others do, so that those have room for it.
 */
export interface Turn {
  /** Resolves when there is room, at once when it is held already. @throws HdError `HD_ABORTED` */
  enter(): Promise<void>
  /** Gives the room back, if it is held. */
  leave(): void
  /** How long it has waited for room, in milliseconds. */
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
