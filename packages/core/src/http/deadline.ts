import { HttpFailure } from './failure.ts'

/**
 * Runs work that ends when the time is over or the signal aborts, even if it ignores both.
 * @throws HttpFailure `timeout` or `cancelled`, and what the work throws
 */
export async function withDeadline<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let stop!: (failure: HttpFailure) => void
  const stopped = new Promise<never>((_, reject) => (stop = reject))
  const end = (failure: HttpFailure): void => {
    stop(failure)
    controller.abort(failure)
  }
  // Not `AbortSignal.timeout()`: its timer lets the process exit while something waits for it.
  const timer = setTimeout(() => end(new HttpFailure('timeout', `no complete answer within ${ms} ms`)), ms)
  const abort = (): void => end(new HttpFailure('cancelled', 'cancelled'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await Promise.race([stopped, work(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
