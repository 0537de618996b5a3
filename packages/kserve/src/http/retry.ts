import { setTimeout as delay } from 'node:timers/promises'
import { abortError } from '@unplugin-hd/core'
import { KserveError } from '../errors.ts'

const FIRST_BACKOFF_MS = 500
const MAX_BACKOFF_MS = 10_000
/** A server that asks for more is not waited for: a build has something else to do. */
const MAX_WAIT_MS = 60_000

/** Of HTTP, those of a server or proxy that may answer the same request soon. 500 is not: the model failed. */
const PASSING = new Set([408, 429, 502, 503, 504])

/**
 * How many milliseconds to wait before the next attempt, or `undefined` when there is none. Inferences change nothing on the server, so
 * that each request may be repeated.
 * @param attempt 1 for the first @param random from 0 to 1
 */
export function waitBefore(error: unknown, attempt: number, retries: number, random: number): number | undefined {
  if (!(error instanceof KserveError) || attempt > retries) return undefined
  // It would only take as long again.
  if (error.timedOut) return undefined
  const passes = error.code === 'KSERVE_NETWORK' || (error.status !== undefined && PASSING.has(error.status))
  if (!passes) return undefined
  const wait = error.retryAfterMs ?? backoff(attempt, random)
  return wait <= MAX_WAIT_MS ? wait : undefined
}

/** Doubled each time; jitter takes up to half, so that parallel builds do not come back together. */
function backoff(attempt: number, random: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), MAX_BACKOFF_MS) * (1 - random / 2)
}

/** Repeats `work` while its error may pass. @throws what `work` threw last, HdError `HD_ABORTED` */
export async function withRetries<T>(retries: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const wait = waitBefore(error, attempt, retries, Math.random())
      if (wait === undefined) throw error
      await delay(wait, undefined, { signal }).catch(() => {
        throw abortError(signal)
      })
    }
  }
}
