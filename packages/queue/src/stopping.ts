/** How often an idle worker looks whether it has been idle for long enough, in milliseconds. */
const CHECK_MS = 250

interface Stop {
  signal: AbortSignal
  /** @default never */
  idleMs: number | undefined
  isAtWork(): boolean
  /** Nothing waits, also for other workers. */
  isQueueEmpty(): Promise<boolean>
}

/** Resolves on request, or when there was nothing to do for long enough. */
export async function untilStopped({ signal, idleMs, isAtWork, isQueueEmpty }: Stop): Promise<void> {
  let onAbort: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  await new Promise<void>((resolve) => {
    onAbort = resolve
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    if (idleMs === undefined) return
    let busyAt = performance.now()
    timer = setInterval(async () => {
      if (isAtWork()) busyAt = performance.now()
      if (performance.now() - busyAt < idleMs) return
      busyAt = performance.now()
      // A queue that does not answer is not known to be empty.
      if (await isQueueEmpty().catch(() => false)) resolve()
    }, CHECK_MS)
  })
  clearInterval(timer)
  signal.removeEventListener('abort', onAbort!)
}

/**
 * Waits for work to end, interrupts it after some time, and then waits a little longer.
 * @param graceMs until it is interrupted @param endMs from then on
 */
export async function endWithin(work: Promise<void>, graceMs: number, interrupt: () => void, endMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      interrupt()
      timer = setTimeout(resolve, endMs)
    }, graceMs)
  })
  await Promise.race([work, over])
  clearTimeout(timer)
}
