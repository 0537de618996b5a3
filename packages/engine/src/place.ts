import { EngineError } from './errors.ts'
import type { Job } from './job.ts'
import type { Opening } from './opening.ts'
import type { Platform, Thread } from './platform.ts'
import type { Reply } from './protocol.ts'
import type { Rectangle, Task } from './region.ts'
import { Source } from './source.ts'

/** How many bytes of the source are sent ahead, so that a worker can continue while the main thread is busy. */
const AHEAD_BYTES = 2 * 1024 * 1024

interface Assignment {
  id: number
  job: Job
  task: Task
  source: Source
  since: number
  isStopping: boolean
  /** Bytes that were sent and not read yet. */
  ahead: number
}

export interface PlaceListener {
  /** A part of the result has arrived. */
  progress(): void
  /** The task is done, except the `rest` of its region, and the place is free. */
  done(job: Job, rest: Rectangle | undefined): void
  /** The image cannot be computed. If its worker was lost, the place is free already, and its next task gets a new worker. */
  failed(job: Job, error: unknown): void
}

/** The place of one worker. The worker starts with the first task; if it ends, a new one starts with the next task. */
export class Place {
  readonly #platform: Platform
  readonly #opening: Opening
  readonly #listener: PlaceListener
  #thread: Thread | undefined
  #opened: Promise<void> = Promise.resolve()
  #assignment: Assignment | undefined
  #count = 0

  constructor(platform: Platform, opening: Opening, listener: PlaceListener) {
    this.#platform = platform
    this.#opening = opening
    this.#listener = listener
  }

  get job(): Job | undefined {
    return this.#assignment?.job
  }

  /** When the current task was assigned. */
  get since(): number {
    return this.#assignment?.since ?? 0
  }

  /** Whether the task can end early, so that its worker can turn to another image. */
  get isDivisible(): boolean {
    const region = this.#assignment?.task.region
    return region !== undefined && !region.gives && !region.takes
  }

  get isStopping(): boolean {
    return this.#assignment?.isStopping ?? false
  }

  /** @param since the current time */
  run(job: Job, task: Task, since: number): void {
    const id = ++this.#count
    const source = new Source(job.image, task, this.#opening.depth)
    const assignment = { id, job, task, source, since, isStopping: false, ahead: 0 }
    this.#assignment = assignment
    const thread = (this.#thread ??= this.#start())
    thread.hold(true)
    this.#opened.then(
      () => {
        if (this.#assignment !== assignment || this.#thread !== thread) return
        thread.post({ type: 'task', id, task }, [])
        if (task.region.takes)
          job.seamAt(task.region.bottom).take((rows) => thread.post({ type: 'seam', id, rows }, [rows.buffer]))
        this.#feed(thread, assignment)
      },
      (error: unknown) => this.#thread === thread && this.#lose(error),
    )
  }

  /** Asks the worker to end the task early, at the next point where that costs little. */
  stop(): void {
    const assignment = this.#assignment!
    assignment.isStopping = true
    this.#thread?.post({ type: 'stop', id: assignment.id }, [])
  }

  /** Drops the current task. The worker stops within one time slice. */
  drop(): void {
    const { id } = this.#assignment!
    this.#assignment = undefined
    this.#thread?.post({ type: 'drop', id }, [])
    this.#thread?.hold(false)
  }

  async end(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    this.#assignment = undefined
    await thread?.end()
  }

  #start(): Thread {
    const thread: Thread = this.#platform.start({
      reply: (reply) => this.#thread === thread && this.#hear(reply),
      lost: (reason) => this.#thread === thread && this.#lose(failed(reason)),
    })
    this.#opened = this.#opening.request().then((request) => thread.post(request, []))
    return thread
  }

  #feed(thread: Thread, assignment: Assignment): void {
    while (assignment.ahead < AHEAD_BYTES) {
      const rows = assignment.source.next()
      if (rows === undefined) return
      assignment.ahead += rows.length
      thread.post({ type: 'rows', id: assignment.id, rows }, [rows.buffer])
    }
  }

  #hear(reply: Reply): void {
    const assignment = this.#assignment
    if (assignment === undefined || reply.id !== assignment.id) return
    if (reply.type === 'failed') {
      this.#lose(failed(reply.reason))
      return
    }
    if (reply.type === 'seam') {
      assignment.job.seamAt(assignment.task.region.top).give(reply.rows)
      return
    }
    assignment.ahead -= reply.read
    this.#feed(this.#thread!, assignment)
    try {
      for (const piece of reply.pieces) {
        assignment.job.place(piece)
        // `onProgress` may have ended the image, or the engine.
        if (this.#assignment !== assignment) return
      }
    } catch (error) {
      this.#listener.failed(assignment.job, error)
      return
    }
    if (!reply.isDone) {
      this.#listener.progress()
      return
    }
    this.#assignment = undefined
    this.#thread!.hold(false)
    this.#listener.done(assignment.job, reply.rest)
  }

  #lose(error: unknown): void {
    const [thread, assignment] = [this.#thread, this.#assignment]
    this.#thread = undefined
    this.#assignment = undefined
    void thread?.end()
    if (assignment) this.#listener.failed(assignment.job, error)
  }
}

function failed(reason: string): EngineError {
  return new EngineError('ENGINE_WORKER', `the worker failed while it computed the image: ${reason}`)
}
