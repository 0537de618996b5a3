import { EngineError } from './errors.ts'
import type { Job } from './job.ts'
import { Opening } from './opening.ts'
import { Place } from './place.ts'
import type { Platform } from './platform.ts'
import type { Rectangle } from './region.ts'
import { splitImage } from './split.ts'
import type { Network } from './weights.ts'

/** How long an image may occupy a worker while others wait, in milliseconds. */
const TURN_MS = 500
/** Images in progress per worker. The others wait in the queue and hold no memory for their results. */
const ACTIVE_PER_WORKER = 2

/**
 * Assigns images to workers. A single image is split between all workers. Several images take turns: the one that got or lost a worker
 * last is the last in the queue. While one waits, another must release a worker: at once if it has several, otherwise after `TURN_MS`, but not
 * in the middle of a strip, because the work on it would be lost, nor in a region that shares a seam, because another region may wait for it.
 */
export class Schedule {
  readonly #places: Place[]
  readonly #waiting: Job[] = []
  readonly #active = new Set<Job>()
  readonly #now: () => number
  /** Layers of the network. */
  readonly #depth: number
  #turn = 0
  #isClosed = false

  /** @param now milliseconds */
  constructor(platform: Platform, network: Network, threads: number, now: () => number = () => performance.now()) {
    this.#now = now
    const listener = {
      progress: () => this.#share(),
      done: (job: Job, rest: Rectangle | undefined) => this.#endTurn(job, rest),
      failed: (job: Job, error: unknown) => this.fail(job, error),
    }
    const opening = new Opening(network)
    this.#depth = opening.depth
    this.#places = Array.from({ length: threads }, () => new Place(platform, opening, listener))
  }

  add(job: Job): void {
    if (this.#isClosed) {
      job.fail(closed())
      return
    }
    job.turn = ++this.#turn
    this.#waiting.push(job)
    this.#assign()
    this.#share()
  }

  /** Stops the work on an image and rejects it. Has no effect if it is done. */
  fail(job: Job, error: unknown): void {
    for (const place of this.#places) if (place.job === job) place.drop()
    if (this.#waiting.includes(job)) this.#waiting.splice(this.#waiting.indexOf(job), 1)
    this.#active.delete(job)
    job.fail(error)
    this.#assign()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const ended = this.#places.map((place) => place.end())
    for (const job of [...this.#active, ...this.#waiting.splice(0)]) job.fail(closed())
    this.#active.clear()
    await Promise.all(ended)
  }

  #endTurn(job: Job, rest: Rectangle | undefined): void {
    if (rest) job.regions.unshift({ ...rest, gives: false, takes: false })
    if (job.isDone) this.#active.delete(job)
    job.turn = ++this.#turn
    this.#assign()
  }

  /** Assigns work to every free worker. */
  #assign(): void {
    if (this.#isClosed) return
    for (const place of this.#places) {
      if (place.job !== undefined) continue
      const [job] = this.#hungry()
      if (job === undefined) return
      if (!this.#active.has(job) && !this.#admit(job)) {
        this.#assign()
        return
      }
      job.turn = ++this.#turn
      const { width, height } = job.image
      place.run(job, { width, height, region: job.regions.shift()! }, this.#now())
    }
  }

  /** Images that a free worker could work on, by their turn. */
  #hungry(): Job[] {
    const admissible = this.#active.size < ACTIVE_PER_WORKER * this.#places.length ? this.#waiting.slice(0, 1) : []
    const begun = [...this.#active].filter(({ regions }) => regions.length > 0)
    return [...begun, ...admissible].toSorted((one, other) => one.turn - other.turn)
  }

  /** Starts a waiting image. @returns whether there was enough memory */
  #admit(job: Job): boolean {
    this.#waiting.splice(this.#waiting.indexOf(job), 1)
    const free = this.#places.filter((place) => place.job === undefined).length
    try {
      const { width, height } = job.image
      job.begin(splitImage(width, height, Math.max(1, Math.floor(free / (1 + this.#waiting.length))), this.#depth))
    } catch (error) {
      job.fail(error)
      return false
    }
    this.#active.add(job)
    return true
  }

  /** Frees a worker for images that have none, if another image can spare one. */
  #share(): void {
    const starving = this.#hungry().filter((job) => this.#workers(job) === 0).length
    const stopping = this.#places.filter(({ isStopping }) => isStopping).length
    if (starving <= stopping) return
    const longest = this.#places
      .filter(({ isDivisible, isStopping }) => isDivisible && !isStopping)
      .toSorted((one, other) => one.since - other.since)
      .find(({ job, since }) => this.#workers(job!) > 1 || this.#now() - since > TURN_MS)
    longest?.stop()
  }

  #workers(job: Job): number {
    return this.#places.filter((place) => place.job === job).length
  }
}

function closed(): EngineError {
  return new EngineError('ENGINE_ABORTED', 'the engine was closed')
}
