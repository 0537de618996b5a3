import { HdError } from './errors.ts'

interface Waiter {
  weight: number
  start: () => void
}

/**
 * Bounds how many pictures are worked on at once, and how much memory they need together. First come, first served; a picture
 * that is heavier than everything allowed runs alone.
 */
export class Pool {
  readonly #maxCount: number
  readonly #maxWeight: number
  #count = 0
  #weight = 0
  readonly #waiting: Waiter[] = []

  /**
   * @param maxCount pictures at once, at least 1
   * @param maxWeight bytes of all of them together
   */
  constructor(maxCount: number, maxWeight: number) {
    this.#maxCount = maxCount
    this.#maxWeight = maxWeight
  }

  /**
   * Runs `work` as soon as there is room for `weight` bytes.
   * @throws HdError `HD_ABORTED` when `signal` aborts before it starts
   */
  async run<T>(weight: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(weight, signal)
    try {
      return await work()
    } finally {
      this.#count--
      this.#weight -= weight
      this.#admit()
    }
  }

  #enter(weight: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        const index = this.#waiting.indexOf(waiter)
        if (index >= 0) this.#waiting.splice(index, 1)
        reject(new HdError('HD_ABORTED', 'cancelled before the picture was begun', { cause: signal.reason }))
      }
      const waiter: Waiter = {
        weight,
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
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.weight); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#count++
      this.#weight += next.weight
      next.start()
    }
  }

  #hasRoom(weight: number): boolean {
    return this.#count === 0 || (this.#count < this.#maxCount && this.#weight + weight <= this.#maxWeight)
  }
}
