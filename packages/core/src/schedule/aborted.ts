import { setMaxListeners } from 'node:events'
import { HdError } from '../errors.ts'

/** The `HD_ABORTED` of a signal that has aborted, with its reason as the cause. */
export function abortError(signal: AbortSignal): HdError {
  return new HdError('HD_ABORTED', 'the work was cancelled', { cause: signal.reason })
}

/** @throws HdError `HD_ABORTED` when the signal has aborted */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal)
}

/**
 * Settles like `work`, or rejects as soon as `signal` aborts, even if `work` ignores the signal. `work` is not started after an
 * abort.
 * @param signal `undefined`: never aborts
 * @param toError creates the error @default an HdError `HD_ABORTED`
 */
export function unlessAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  toError: (signal: AbortSignal) => unknown = abortError,
): Promise<T> {
  if (signal === undefined) return work()
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(toError(signal) as Error)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}

/** An abort controller for any number of images: each one that waits adds a listener, which Node would report as a leak. */
export function createAbortController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}
