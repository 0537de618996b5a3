import type { Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'

/** Counts the calls of one API in the current day and minute. */
export class Meter {
  /** The maximum number of calls a day; may be changed at any time. */
  perDay: number
  /** The maximum number of calls a minute; may be changed at any time. */
  perMinute: number
  readonly #clock: Clock
  #day = 0
  #minute = 0
  #inDay = 0
  #inMinute = 0

  constructor(clock: Clock, perDay: number, perMinute: number = Infinity) {
    this.#clock = clock
    this.perDay = perDay
    this.perMinute = perMinute
  }

  /** Today's calls that were allowed. */
  get used(): number {
    this.#turn()
    return this.#inDay
  }

  /** Counts one call. @throws Refusal 45009 if the daily quota is used up, 45011 if the quota of the minute is */
  spend(): void {
    this.#turn()
    if (this.#inDay >= this.perDay) throw new Refusal(45009)
    if (this.#inMinute >= this.perMinute) throw new Refusal(45011)
    this.#inDay++
    this.#inMinute++
  }

  #turn(): void {
    const day = this.#clock.day()
    const minute = this.#clock.minute()
    if (day !== this.#day) this.#inDay = 0
    if (minute !== this.#minute) this.#inMinute = 0
    this.#day = day
    this.#minute = minute
  }
}
