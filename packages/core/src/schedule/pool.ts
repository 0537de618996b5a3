import { HdError } from '../errors.ts'

/** What a piece of work asks of the pool. */
export interface Demand {
  /** Bytes that it needs. */
  weight: number
  /** It starts only while fewer than this many are at work, itself not counted; at least 1. */
  maxCount: number
}

interface Waiter extends Demand {
  start: () => void
}

/**
 * Bounds how many images are worked on at once, and how much memory they need together. First come, first served; an image
 * that is heavier than everything allowed runs alone.
 */
export class Pool {
  readonly #maxWeight: number
  #count = 0
  #weight = 0
  readonly #waiting: Waiter[] = []

  /** @param maxWeight bytes of all of them together */
  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight
  }

  /**
   * Runs `work` as soon as there is room.
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
   * Waits until there is room, and takes it.
   * @returns gives the room back; further calls do nothing
   * @throws HdError `HD_ABORTED` when `signal` aborts before there is room
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
        reject(new HdError('HD_ABORTED', 'cancelled before the image was begun', { cause: signal.reason }))
        // The next one may be light enough for the room that this one was waiting for.
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
