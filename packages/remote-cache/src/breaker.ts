import { createAbortController } from '@unplugin-hd/core'

/** So many failures in a row open the breaker; a timeout, which costs much more, opens it at once. */
const MAX_FAILURES = 3

/** An answer that brings nothing is as bad as a failure if it takes this long, in milliseconds. */
const SLOW_MS = 1000

const FIRST_PAUSE_MS = 60_000
const MAX_PAUSE_MS = 16 * 60_000

/** Turns a store that does not work off, so that images do not wait for it one after another. */
export class Breaker {
  #failures = 0
  #pauseMs = FIRST_PAUSE_MS
  #openUntil: number | undefined
  #controller = createAbortController()

  get isOpen(): boolean {
    return this.#openUntil !== undefined
  }

  /** Open for so long that it is time to ask whether the store works again. */
  get isDue(): boolean {
    return this.#openUntil !== undefined && performance.now() >= this.#openUntil
  }

  /** Aborts when the breaker opens: requests under way would only take as long as the one that failed. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** @param useful something arrived or was kept @param ms the request took */
  succeeded(useful: boolean, ms: number): void {
    if (!useful && ms >= SLOW_MS) return this.failed(false)
    this.#failures = 0
  }

  /** @param fatal further requests would fail alike */
  failed(fatal: boolean): void {
    this.#failures++
    if (fatal || this.#failures >= MAX_FAILURES) this.#open()
  }

  /** The store works again, or is worth another pause. */
  probed(works: boolean): void {
    if (!works) return this.#open()
    this.#openUntil = undefined
    this.#failures = 0
    this.#pauseMs = FIRST_PAUSE_MS
    this.#controller = createAbortController()
  }

  #open(): void {
    const isFirst = !this.isOpen
    this.#openUntil = performance.now() + this.#pauseMs
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_PAUSE_MS)
    if (isFirst) this.#controller.abort()
  }
}
