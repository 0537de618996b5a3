import { Gate } from '@unplugin-hd/core'
import { withDeadline } from '@unplugin-hd/core/http'
import { Breaker } from './breaker.ts'
import { type RemoteFailure, toFailure } from './failure.ts'

export interface RequestsOptions {
  concurrency: number
  timeoutMs: number
  /** Told of each failure but those of requests that were cancelled. */
  onFailure: (failure: RemoteFailure) => void
}

/** Requests of one direction: so many at once, each within its time, and none while the breaker is open. */
export class Requests {
  readonly breaker: Breaker = new Breaker()
  readonly #gate: Gate
  readonly #options: RequestsOptions

  constructor(options: RequestsOptions) {
    this.#gate = new Gate(options.concurrency)
    this.#options = options
  }

  /**
   * The result, or `undefined` when there is none: that was told, or the breaker is open.
   * @param signal cancels the request
   */
  async run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { breaker } = this
    if (breaker.isOpen) return undefined
    const either = signal ? AbortSignal.any([signal, breaker.signal]) : breaker.signal
    const leave = await this.#gate.enter(either).catch(() => undefined)
    if (!leave) return undefined
    const begun = performance.now()
    try {
      const result = await withDeadline(this.#options.timeoutMs, either, work)
      breaker.succeeded(result !== undefined && result !== false, performance.now() - begun)
      return result
    } catch (error) {
      if (either.aborted) return undefined
      const failure = toFailure(error)
      this.#options.onFailure(failure)
      breaker.failed(failure.kind === 'timeout' || failure.kind === 'denied' || failure.kind === 'full')
      return undefined
    } finally {
      leave()
    }
  }
}
