import { Gate, HdError, throwIfAborted, unlessAborted } from '@unplugin-hd/core'
import type { WorkerErrorDetails } from './worker-error.ts'
import { InferenceWorker } from './inference-worker.ts'
import type { Reply, WorkerSettings } from './protocol.ts'
import type { RgbImage } from '../image.ts'

export interface Task {
  /** Asked for when the image's turn is near; the buffer is transferred to the worker. */
  pixels(): Promise<RgbImage>
  /** The model's file, for messages. */
  modelFile: string | undefined
  signal: AbortSignal
  onProgress(fraction: number): void
  /** The worker is ready: which runtime it chose, and why not another one. Called once per worker. */
  onReady?(runtime: string, notes: string[]): void
}

/** Images that hold pixels at once: one in the worker, and the next one, so that the worker need not wait for its decoding. */
const IMAGES_IN_MEMORY = 2

interface Running {
  task: Task
  resolve(image: RgbImage): void
  reject(error: unknown): void
  /** What a callback of the task's threw; the image ends with it as soon as the worker has stopped. */
  thrown?: { error: unknown }
}

/**
 * One worker thread and the images that wait for it. The worker starts with the first image, holds the process only
 * while it works, and is replaced after a crash: the crash fails the one image that was in it.
 */
export class Inference {
  readonly #script: URL
  readonly #settings: () => WorkerSettings
  readonly #memory = new Gate(IMAGES_IN_MEMORY)
  readonly #turn = new Gate(1)
  #worker: InferenceWorker | undefined
  #running: Running | undefined
  /** News of a worker that was ready before its first image. */
  #ready: Extract<Reply, { type: 'ready' }> | undefined
  #nativeMissing = false
  #factor: number | undefined

  /** @param settings called once per worker, so that a model's bytes are not kept on this side */
  constructor(script: URL, settings: () => WorkerSettings) {
    this.#script = script
    this.#settings = settings
  }

  /** The image at twice its width and height, or at its own size where {@link factor} is 1. @throws HdError `HD_MODEL`, `HD_RUNTIME`, or `HD_ABORTED` at once when the signal fires */
  upscale(task: Task): Promise<RgbImage> {
    return unlessAborted(task.signal, () => this.#queue(task))
  }

  /** The worker runs in WASM because nothing else is installed. */
  get nativeMissing(): boolean {
    return this.#nativeMissing
  }

  /** Of the model; 1: it restores without enlarging. `undefined` until a worker is ready, which it is before the first progress. */
  get factor(): number | undefined {
    return this.#factor
  }

  async #queue(task: Task): Promise<RgbImage> {
    const leaveMemory = await this.#memory.enter(task.signal)
    try {
      throwIfAborted(task.signal)
      // Before the pixels are there: the worker's start and the decoding overlap.
      this.#start()
      const image = await task.pixels()
      const leaveTurn = await this.#turn.enter(task.signal)
      try {
        throwIfAborted(task.signal)
        return await this.#run(this.#start(), task, image)
      } finally {
        leaveTurn()
      }
    } finally {
      leaveMemory()
    }
  }

  async #run(worker: InferenceWorker, task: Task, image: RgbImage): Promise<RgbImage> {
    const abort = () => worker.abort()
    task.signal.addEventListener('abort', abort)
    worker.hold()
    try {
      return await new Promise<RgbImage>((resolve, reject) => {
        this.#running = { task, resolve, reject }
        worker.upscale(image)
        this.#announce()
      })
    } finally {
      task.signal.removeEventListener('abort', abort)
      this.#running = undefined
      worker.release()
    }
  }

  /** The worker; a new one where there is none. */
  #start(): InferenceWorker {
    if (this.#worker !== undefined) return this.#worker
    this.#ready = undefined
    const worker = new InferenceWorker(this.#script, this.#settings(), {
      reply: (reply) => this.#receive(worker, reply),
      lost: (failure) => this.#lose(worker, failure),
    })
    this.#worker = worker
    return worker
  }

  #receive(worker: InferenceWorker, reply: Reply): void {
    if (worker !== this.#worker) return
    if (reply.type === 'ready') {
      this.#ready = reply
      this.#nativeMissing = reply.nativeMissing
      this.#factor = reply.factor
      return this.#announce()
    }
    if (reply.type === 'unusable') return this.#lose(worker, reply.failure)
    const running = this.#running
    if (running === undefined) return
    if (reply.type === 'progress') this.#call(() => running.task.onProgress(reply.fraction))
    else if (running.thrown !== undefined) running.reject(running.thrown.error)
    else if (reply.type === 'done') running.resolve(reply.image)
    // A runtime that failed (out of memory) may be left in any state.
    else if (reply.failure.code === 'HD_RUNTIME') this.#lose(worker, reply.failure)
    else running.reject(toHdError(reply.failure, running.task))
  }

  #announce(): void {
    const news = this.#ready
    if (news === undefined || this.#running === undefined) return
    this.#ready = undefined
    const { task } = this.#running
    this.#call(() => task.onReady?.(news.runtime, news.notes))
  }

  /** An error of the task's own callback is the image's, not the process's. */
  #call(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      if (this.#running !== undefined) this.#running.thrown ??= { error }
      this.#worker?.abort()
    }
  }

  /** Gives a broken worker up: its image fails, the next image gets a new one. */
  #lose(worker: InferenceWorker, failure: WorkerErrorDetails): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    void worker.end()
    this.#running?.reject(toHdError(failure, this.#running.task))
  }

  /** Ends the worker. A later `upscale` starts a new one. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#running?.reject(new HdError('HD_ABORTED', 'the upscaler was closed'))
    await worker?.end()
  }
}

function toHdError({ code, message, remedy }: WorkerErrorDetails, task: Task): HdError {
  return new HdError(code, message, { remedy, file: code === 'HD_MODEL' ? task.modelFile : undefined })
}
