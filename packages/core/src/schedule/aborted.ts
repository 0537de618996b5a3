import { HdError } from '../errors.ts'

/**
 * Settles like `work`, or rejects with `HD_ABORTED` as soon as `signal` aborts, even if `work` ignores the signal. `work` is not
 * started after an abort.
 */
export function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new HdError('HD_ABORTED', 'the work was cancelled', { cause: signal.reason }))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}
