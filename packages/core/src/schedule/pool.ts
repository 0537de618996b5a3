import { HdError } from '../errors.ts'

/** What work requires from the pool. */
export interface Demand {
  /** Memory in bytes. */
  weight: number
  /** Starts only while fewer than this many others are running; at least 1. */
  maxCount: number
}

interface Waiter extends Demand {
  start: () => void
}

/**
 * Bounds how many images are processed at once and how much memory they use together. First come, first served. An image that
 * exceeds the memory bound by itself runs alone.
 */
export class Pool {
  readonly #maxWeight: number
  #count = 0
  #weight = 0
  readonly #waiting: Waiter[] = []

  /** @param maxWeight bytes for all running work together */
  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight
  }

  /**
   * Runs `work` as soon as a slot is free.
   * @throws HdError `HD_ABORTED` when `signal` aborts before it starts
   */
  async run<T>(demand: Demand, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(demand, signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /**
   * Waits for a free slot and takes it.
   * @returns releases the slot; further calls do nothing
   * @throws HdError `HD_ABORTED` when `signal` aborts before a slot is free
   */
  async enter(demand: Demand, signal: AbortSignal): Promise<() => void> {
    await this.#wait(demand, signal)
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      this.#count--
      this.#weight -= demand.weight
      this.#admit()
    }
  }

  #wait({ weight, maxCount }: Demand, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const index = this.#waiting.indexOf(waiter)
        if (index >= 0) this.#waiting.splice(index, 1)
        reject(new HdError('HD_ABORTED', 'cancelled before processing started', { cause: signal.reason }))
        // The next one may be small enough to start at once.
        this.#admit()
      }
      const waiter: Waiter = {
        weight,
        maxCount,
        start: () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiter)
      this.#admit()
    })
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#count++
      this.#weight += next.weight
      next.start()
    }
  }

  #hasRoom({ weight, maxCount }: Demand): boolean {
    return this.#count === 0 || (this.#count < maxCount && this.#weight + weight <= this.#maxWeight)
  }
}
