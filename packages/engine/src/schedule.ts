import { EngineError } from './errors.ts'
import type { Job } from './job.ts'
import { Place } from './place.ts'
import type { Platform } from './platform.ts'
import { splitImage } from './split.ts'
import type { Network } from './weights.ts'

/**
 * Who works on what. As many images are at work as there are workers, the others wait in line and hold no memory for their results.
 * An image that has the workers for itself is split between them.
 */
export class Schedule {
  readonly #places: Place[]
  readonly #waiting: Job[] = []
  readonly #active: Job[] = []
  #isClosed = false

  constructor(platform: Platform, network: Network, threads: number) {
    this.#places = Array.from(
      { length: threads },
      () =>
        new Place(platform, network, {
          done: () => this.#assign(),
          failed: (job, error) => this.fail(job, error),
        }),
    )
  }

  add(job: Job): void {
    if (this.#isClosed) {
      job.fail(closed())
      return
    }
    this.#waiting.push(job)
    this.#assign()
  }

  /** Ends the work on an image. One that is done is left alone. */
  fail(job: Job, error: unknown): void {
    for (const place of this.#places) if (place.job === job) place.drop()
    for (const line of [this.#waiting, this.#active]) if (line.includes(job)) line.splice(line.indexOf(job), 1)
    job.fail(error)
    this.#assign()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const ended = this.#places.map((place) => place.end())
    for (const job of [...this.#active.splice(0), ...this.#waiting.splice(0)]) job.fail(closed())
    await Promise.all(ended)
  }

  /** Gives every free worker something to do. */
  #assign(): void {
    if (this.#isClosed) return
    for (let index = this.#active.length - 1; index >= 0; index--) if (this.#active[index]!.isDone) this.#active.splice(index, 1)
    for (const place of this.#places) {
      if (place.job !== undefined) continue
      const job = this.#neediest() ?? this.#admit()
      if (job === undefined) return
      const { width, height } = job.image
      place.run(job, { width, height, region: job.regions.shift()! })
    }
  }

  /** Of the images at work with something left to give out, the one with the fewest workers. */
  #neediest(): Job | undefined {
    const workers = (job: Job): number => this.#places.filter((place) => place.job === job).length
    return this.#active.filter(({ regions }) => regions.length > 0).toSorted((one, other) => workers(one) - workers(other))[0]
  }

  /** Lets the next image in, when there is one. */
  #admit(): Job | undefined {
    const job = this.#waiting.shift()
    if (job === undefined) return undefined
    const free = this.#places.filter((place) => place.job === undefined).length
    const share = Math.max(1, Math.floor(free / (1 + this.#waiting.length)))
    try {
      job.begin(splitImage(job.image.width, job.image.height, share))
    } catch (error) {
      job.fail(error)
      return this.#admit()
    }
    this.#active.push(job)
    return job
  }
}

function closed(): EngineError {
  return new EngineError('ENGINE_ABORTED', 'the engine was closed')
}
