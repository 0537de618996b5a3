import type { Clock } from '../clock.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import { type RetryPolicy, withRetries } from './retry.ts'
import type { ResolvedRequestOptions } from './options.ts'

/** "invalid media_id": unknown, expired, or another account's. */
export const MEDIA_UNKNOWN = 40007

type Work<T> = (timeoutMs: number) => Promise<T>

/** Runs requests with retries and timeouts, for every kind of connection. */
export class Attempts {
  readonly #options: ResolvedRequestOptions
  readonly #clock: Clock
  readonly #errors: ErrorFactory

  constructor(options: ResolvedRequestOptions, clock: Clock, errors: ErrorFactory) {
    this.#options = options
    this.#clock = clock
    this.#errors = errors
  }

  /** @param work gets the milliseconds of one attempt @throws what `work` threw last, HdError `HD_ABORTED` */
  upload<T>(signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    return this.#attempt({ step: 'upload', retries: this.#options.retries }, signal, work)
  }

  /** The same for a free download. @param remembered the `media_id` is from an earlier build, so 40007 is final */
  download<T>(signal: AbortSignal | undefined, remembered: boolean, work: Work<T>): Promise<T> {
    const final = remembered ? [MEDIA_UNKNOWN] : []
    return this.#attempt({ step: 'download', retries: 2 * this.#options.retries, final }, signal, work)
  }

  /** The same for the free query of the quota. */
  quota<T>(signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    return this.#attempt({ step: 'quota', retries: this.#options.retries }, signal, work)
  }

  async #attempt<T>(policy: Omit<RetryPolicy, 'totalTimeoutMs'>, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
    const { attemptTimeoutMs, totalTimeoutMs } = this.#options
    try {
      return await withRetries({ ...policy, totalTimeoutMs }, this.#clock, signal, (leftMs) =>
        work(Math.min(attemptTimeoutMs, leftMs)),
      )
    } catch (error) {
      // An aborted wait throws the signal's reason.
      throw signal?.aborted ? this.#errors.aborted(signal) : error
    }
  }
}
