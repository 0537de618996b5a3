import { Pool } from './pool.ts'

/** Lets at most `places` holders in at once, first come, first served: a {@link Pool} in which nothing has a weight. */
export class Gate {
  readonly #pool = new Pool(0)
  readonly #places: number

  constructor(places: number) {
    this.#places = places
  }

  /**
   * Waits for a place.
   * @returns gives the place back; further calls do nothing
   * @throws HdError `HD_ABORTED` when `signal` aborts before there is one
   */
  enter(signal: AbortSignal): Promise<() => void> {
    return this.#pool.enter({ weight: 0, maxCount: this.#places }, signal)
  }
}
