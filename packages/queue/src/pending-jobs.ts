import type { HdError } from '@unplugin-hd/core'

interface PendingJob {
  promise: Promise<void>
  resolve: () => void
  reject: (error: HdError) => void
  /** Redis has it, so that it has ended when Redis has it no more. */
  isQueued: boolean
  /** It was not in Redis when it was looked up last. */
  isGone: boolean
}

/** Jobs that are waited for, by their keys. */
export class PendingJobs {
  readonly #jobs = new Map<string, PendingJob>()

  /** Settles with the job; `undefined` for one that is not waited for. */
  waitFor(key: string): Promise<void> | undefined {
    return this.#jobs.get(key)?.promise
  }

  /** @returns settles with the job */
  add(key: string): Promise<void> {
    let resolve!: PendingJob['resolve']
    let reject!: PendingJob['reject']
    const promise = new Promise<void>((...both) => ([resolve, reject] = both))
    this.#jobs.set(key, { promise, resolve, reject, isQueued: false, isGone: false })
    return promise
  }

  queued(key: string): void {
    const job = this.#jobs.get(key)
    if (job) job.isQueued = true
  }

  settle(key: string, error?: HdError): void {
    const job = this.#jobs.get(key)
    if (!job) return
    this.#jobs.delete(key)
    if (error) job.reject(error)
    else job.resolve()
  }

  /** Settles all. @returns their keys */
  giveUp(error: HdError): string[] {
    const keys = [...this.#jobs.keys()]
    for (const key of keys) this.settle(key, error)
    return keys
  }

  /**
   * Looks jobs up whose end may have been missed, at most so many; the others have their turn at the next calls. A job that is gone
   * twice has ended: the event that tells how may come a moment later.
   */
  async lookUp(most: number, isThere: (key: string) => Promise<boolean>): Promise<void> {
    for (const [key, job] of [...this.#jobs].filter(([, { isQueued }]) => isQueued).slice(0, most)) {
      const isGone = !(await isThere(key))
      if (this.#jobs.get(key) !== job) continue
      if (isGone && job.isGone) this.settle(key)
      else if (!isGone) {
        job.isGone = false
        this.#jobs.delete(key)
        this.#jobs.set(key, job)
      } else job.isGone = true
    }
  }
}
