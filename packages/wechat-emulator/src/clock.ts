export const SECOND = 1000
export const MINUTE: number = 60 * SECOND
export const DAY: number = 24 * 60 * MINUTE

/** WeChat's days begin at midnight in China (UTC+8, no summer time). */
const CHINA = 8 * 60 * MINUTE

/** A clock that tests can advance. Nothing in the emulator reads the time in another way. */
export class Clock {
  readonly #base: () => number
  #offset = 0

  /** @param base milliseconds since 1970, such as `Date.now` */
  constructor(base: () => number) {
    this.#base = base
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#base() + this.#offset
  }

  /** @param ms milliseconds */
  advance(ms: number): void {
    this.#offset += ms
  }

  /** The number of the current day in China. */
  day(): number {
    return Math.floor((this.now() + CHINA) / DAY)
  }

  /** The number of the current minute. */
  minute(): number {
    return Math.floor(this.now() / MINUTE)
  }
}
