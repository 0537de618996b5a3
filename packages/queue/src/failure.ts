import { HdError } from '@unplugin-hd/core'

const CODE_RE = /^[A-Z][A-Z0-9_]{1,60}$/

/** Failures of a machine or of the way to it: another attempt, maybe elsewhere, may succeed. */
const PASSING = new Set(['HD_REMOTE', 'HD_CACHE_IO', 'HD_ABORTED'])

/** Failures that every attempt would repeat. */
const FINAL_RE = /^HD_(?:SOURCE|QUERY|OPTION|ENCODE|FIT|UPSCALE_SIZE|UPSCALE_DIFFERS|QUEUE)/

/** An upscaler that failed so often fails again. */
const MAX_ATTEMPTS = 3

/**
 * @param attempt 1 for the first
 * @param metered the upscaler costs money: it alone decides what to call again
 */
export function isWorthRetrying({ code }: HdError, attempt: number, metered: boolean): boolean {
  return PASSING.has(code) || (!metered && attempt < MAX_ATTEMPTS && !FINAL_RE.test(code))
}

/** A failure as text, for the machine that waits for the image. */
export function writeFailure({ code, message }: HdError): string {
  return JSON.stringify({ code, message })
}

/** The failure that a worker reported. Its text is shown, so it is bounded and made visible by the error. */
export function readFailure(reason: string): HdError {
  if (/stalled more than allowable|started more than allowable/.test(reason)) {
    return new HdError('HD_QUEUE', 'its worker ended, or was too busy to answer, several times', {
      remedy: 'See what the workers say; `hd worker --lock` allows an upscaler to keep the process busy for longer',
    })
  }
  const { code, message } = parse(reason)
  if (typeof code === 'string' && CODE_RE.test(code) && typeof message === 'string') return new HdError(code, message)
  return new HdError('HD_QUEUE', `a worker failed: ${reason}`)
}

function parse(text: string): { code?: unknown; message?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
