import type { Clock } from '../clock.ts'

/** Keeps calls apart: each gets its moment in order of arrival, at least `intervalMs` after the one before. */
export class Pace {
  readonly #intervalMs: number
  readonly #clock: Clock
  #next = 0

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs
    this.#clock = clock
  }

  /** Resolves when it is the caller's moment. @throws the signal's reason, when it aborts while waiting */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const at = Math.max(now, this.#next)
    this.#next = at + this.#intervalMs
    if (at > now) await this.#clock.delay(at - now, signal)
  }
}
