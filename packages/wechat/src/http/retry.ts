import { rowOf } from '../errors/errcodes.ts'
import { isWechatError, type WechatError, type WechatStep } from '../errors/errors.ts'
import type { Clock } from '../clock.ts'

export interface RetryPolicy {
  step: WechatStep
  /** The most retries of a request. */
  retries: number
  /** For all attempts and the waits between them, in milliseconds. */
  totalTimeoutMs: number
  /** Errcodes that are not retried here, although the table says so. */
  final?: readonly number[]
}

interface Failed {
  error: WechatError
  policy: RetryPolicy
  /** 1 for the first. */
  attempt: number
  /** Of the total time, in milliseconds. */
  leftMs: number
  /** What a back-off is now, with its jitter, in milliseconds. */
  backoffMs: number
}

type Guard = (failed: Failed) => number | 'fail' | undefined

const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 30_000
const MINUTE_MS = 60_000

/** Called in this order; the first result that is not `undefined` decides: milliseconds to wait, or `'fail'`. */
const GUARDS: readonly Guard[] = [
  // Token requests have retries of their own.
  ({ error, policy }) => (error.step === policy.step ? undefined : 'fail'),
  ({ attempt, policy }) => (attempt > policy.retries ? 'fail' : undefined),
  ({ error, policy }) => (policy.final?.includes(error.errcode ?? 0) ? 'fail' : undefined),
  // The limit per minute: retrying earlier would prolong it.
  ({ error, backoffMs }) => (isPerMinute(error) ? Math.max(MINUTE_MS + backoffMs, error.retryAfterMs ?? 0) : undefined),
  // Busy, or (for a download) not there yet; Retry-After takes precedence.
  ({ error, backoffMs }) => (consequence(error) === 'again' ? Math.max(backoffMs, error.retryAfterMs ?? 0) : undefined),
  // Reset, timeout, truncated, 5xx. The call may have been charged, but without its answer the result cannot be fetched.
  ({ error, backoffMs }) => (error.code === 'WECHAT_NETWORK' ? Math.max(backoffMs, error.retryAfterMs ?? 0) : undefined),
  // Everything else would fail again, and may be charged again.
  () => 'fail',
]

/**
 * How many milliseconds to wait before the next attempt, or `'fail'`, also if the wait would exceed the total time.
 */
export function verdict(failed: Failed): number | 'fail' {
  for (const guard of GUARDS) {
    const said = guard(failed)
    if (said !== undefined) return said === 'fail' || said >= failed.leftMs ? 'fail' : said
  }
  return 'fail'
}

/**
 * Repeats `work` until it succeeds or its error cannot be retried.
 * @param work gets the milliseconds that are left of the total time
 * @throws what `work` threw last, or what the clock's delay throws when `signal` aborts
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (leftMs: number) => Promise<T>,
): Promise<T> {
  const end = clock.now() + policy.totalTimeoutMs
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(Math.max(1, end - clock.now()))
    } catch (error) {
      if (!isWechatError(error)) throw error
      const wait = verdict({ error, policy, attempt, leftMs: end - clock.now(), backoffMs: backoff(attempt, clock.random()) })
      if (wait === 'fail') throw error
      await clock.delay(wait, signal)
    }
  }
}

/** Exponential from one second; jitter subtracts up to half, so that parallel builds do not retry at the same time. */
function backoff(attempt: number, random: number): number {
  const full = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), MAX_BACKOFF_MS)
  return Math.round(full * (1 - random / 2))
}

function consequence(error: WechatError): string | undefined {
  const { errcode, step, errmsg } = error
  return errcode === undefined || step === undefined ? undefined : rowOf(errcode, step, errmsg).next
}

function isPerMinute(error: WechatError): boolean {
  return consequence(error) === 'next-minute' || error.status === 429
}
