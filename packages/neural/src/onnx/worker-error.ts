/** A failure in the worker; the main thread converts it to an `HdError`. */
export interface WorkerErrorDetails {
  code: 'HD_MODEL' | 'HD_RUNTIME' | 'HD_ABORTED'
  message: string
  remedy?: string | undefined
}

/**
 * An error inside the worker. Not an `HdError`: errors lose their fields between threads, and importing core would slow down the
 * start of the worker.
 */
export class WorkerError extends Error {
  readonly details: WorkerErrorDetails

  constructor(code: WorkerErrorDetails['code'], message: string, remedy?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.details = { code, message, remedy }
  }
}

/** The message of any thrown value, in one line. */
export function reason(value: unknown): string {
  return (value instanceof Error ? value.message : String(value)).trim().replace(/\s*\n\s*/g, '; ')
}
