import { HdError } from '@unplugin-hd/core'

export function abortion(signal: AbortSignal): HdError {
  return new HdError('HD_ABORTED', 'the work was cancelled', { cause: signal.reason })
}

/** @throws HdError `HD_ABORTED`, when the signal has fired */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortion(signal)
}

/** The promise's result, or an error as soon as the signal fires; what the promise does then is not waited for. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(abortion(signal))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort!)
    // After an abort, the promise's own failure has no other listener.
    promise.catch(() => {})
  }
}
