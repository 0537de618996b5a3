import { HdError } from '../errors.ts'

/**
 * What `work` gives, or `HD_ABORTED` as soon as `signal` aborts, whether or not `work` listens to it. After an abort `work` is
 * not begun.
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
