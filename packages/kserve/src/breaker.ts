import { HdError, isHdError } from '@unplugin-hd/core'
import type { KserveError } from './errors.ts'

/** So many images in a row fail before the others are not tried any more; one is enough where the server is the reason. */
const MAX_FAILURES = 3

/** Then one image tries again, in milliseconds. */
const PAUSE_MS = 60_000

/** Codes with which the next image would fail as well, after the same wait. */
const FATAL = new Set(['KSERVE_NETWORK', 'KSERVE_UNAVAILABLE', 'KSERVE_DENIED'])

/** Fails images at once while the server does not work, so that they do not wait for it one after another. */
export class Breaker {
  #failures = 0
  #openings = 0
  #open: { error: HdError; until: number } | undefined

  /**
   * Admits an image.
   * @returns a check for the way, before each request: throws as well when the breaker has opened since
   * @throws HdError the failure that opened it, as one that was already told
   */
  enter(): () => void {
    if (this.#open) {
      if (performance.now() < this.#open.until) throw toldAgain(this.#open.error)
      this.#open.until = performance.now() + PAUSE_MS
    }
    const before = this.#openings
    return () => {
      if (this.#open && this.#openings !== before) throw toldAgain(this.#open.error)
    }
  }

  succeeded(): void {
    this.#failures = 0
    this.#open = undefined
  }

  /** @returns what to throw: the error, or a copy that was already told */
  failed(error: unknown): unknown {
    if (!isHdError(error) || error.told || error.code === 'HD_ABORTED') return error
    if (this.#open?.error.message === error.message) return toldAgain(error)
    this.#failures++
    // A 500 may be due to the one image.
    const isFatal = FATAL.has(error.code) && (error as Partial<KserveError>).status !== 500
    if (isFatal || this.#failures >= MAX_FAILURES) {
      this.#open = { error, until: performance.now() + PAUSE_MS }
      this.#openings++
    }
    return error
  }
}

function toldAgain({ code, message }: HdError): HdError {
  return new HdError(code, message, { told: true })
}
