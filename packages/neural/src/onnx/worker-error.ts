/** What the worker knows of a failure; the main thread makes an `HdError` of it. */
export interface WorkerErrorDetails {
  code: 'HD_MODEL' | 'HD_RUNTIME' | 'HD_ABORTED'
  message: string
  remedy?: string | undefined
}

/**
 * An error inside the worker. Not an `HdError`, since errors lose their fields on the way between threads, and since
 * importing core would load sharp into the worker, which doubles its start.
 */
export class WorkerError extends Error {
  readonly details: WorkerErrorDetails

  constructor(code: WorkerErrorDetails['code'], message: string, remedy?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.details = { code, message, remedy }
  }
}

/** The message of anything that was thrown, in one line. */
export function reason(value: unknown): string {
  return (value instanceof Error ? value.message : String(value)).trim().replace(/\s*\n\s*/g, '; ')
}
