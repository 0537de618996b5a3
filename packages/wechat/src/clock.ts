import { setTimeout as sleep } from 'node:timers/promises'

/** Time and randomness, replaceable in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects as soon as `signal` aborts. */
  delay(ms: number, signal: AbortSignal | undefined): Promise<void>
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number
}

export const systemClock: Clock = {
  now: Date.now,
  delay: async (ms, signal) => {
    if (ms > 0) await sleep(ms, undefined, { signal })
  },
  random: Math.random,
}
