import type { Clock } from '../clock.ts'

/** Spaces calls out: first come, first served, at least `intervalMs` apart. */
export class Pace {
  readonly #intervalMs: number
  readonly #clock: Clock
  #next = 0

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs
    this.#clock = clock
  }

  /** Resolves when the caller may proceed. @throws the signal's reason, when it aborts while waiting */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#intervalMs
    if (at > now) await this.#clock.delay(at - now, signal)
  }
}
