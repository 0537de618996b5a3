/**
 * The outcome of `work`, or what `reason` gives as soon as `signal` aborts; `work` itself goes on.
 * @param reason asked when it aborts
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  reason: (signal: AbortSignal) => unknown,
): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reason(signal) as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const done = (): void => signal.removeEventListener('abort', stop)
    work.then(resolve, reject).finally(done)
  })
}
