/** Lets at most `places` holders in at once, the others in order of arrival. */
export class Gate {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(places: number) {
    this.#free = places
  }

  /**
   * Resolves when a place is free, to the function that gives it back (call it once).
   * @throws the signal's reason, when it aborts while waiting
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else await this.#turn(signal)
    return () => {
      const [next] = this.#waiting
      if (next === undefined) this.#free++
      else next()
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(go)
        signal.removeEventListener('abort', stop)
      }
      const go = (): void => {
        leave()
        resolve()
      }
      const stop = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      this.#waiting.add(go)
      signal.addEventListener('abort', stop)
    })
  }
}
