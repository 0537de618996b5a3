import { Gate, HdError, throwIfAborted, unlessAborted } from '@unplugin-hd/core'
import type { WorkerErrorDetails } from './worker-error.ts'
import { InferenceWorker } from './inference-worker.ts'
import type { Reply, WorkerSettings } from './protocol.ts'
import type { RgbImage } from '../image.ts'

export interface Task {
  /** Called shortly before the image is processed; the buffer is transferred to the worker. */
  pixels(): Promise<RgbImage>
  /** The model's file, for messages. */
  modelFile: string | undefined
  signal: AbortSignal
  onProgress(fraction: number): void
  /** Called once per worker, with the runtime that it chose and notes for the log. */
  onReady?(runtime: string, notes: string[]): void
}

/** How many images hold pixels at once: the one in the worker, plus the next one, so that the worker does not wait for decoding. */
const IMAGES_IN_MEMORY = 2

interface Running {
  task: Task
  resolve(image: RgbImage): void
  reject(error: unknown): void
  /** What a callback of the task threw; the image rejects with it as soon as the worker has stopped. */
  thrown?: { error: unknown }
}

/**
 * One worker thread and its queue of images. The worker starts with the first image and keeps the process alive only while it
 * works. A crash fails the image in progress; the next image gets a new worker.
 */
export class Inference {
  readonly #script: URL
  readonly #settings: () => WorkerSettings
  readonly #memory = new Gate(IMAGES_IN_MEMORY)
  readonly #turn = new Gate(1)
  #worker: InferenceWorker | undefined
  #running: Running | undefined
  /** The reply of a worker that was ready before its first image. */
  #ready: Extract<Reply, { type: 'ready' }> | undefined
  #nativeMissing = false
  #factor: number | undefined

  /** @param settings called once per worker, so that the main thread does not keep the model's bytes */
  constructor(script: URL, settings: () => WorkerSettings) {
    this.#script = script
    this.#settings = settings
  }

  /** Doubles the image, or keeps its size if {@link factor} is 1. @throws HdError `HD_MODEL`, `HD_RUNTIME`, or `HD_ABORTED` at once when the signal fires */
  upscale(task: Task): Promise<RgbImage> {
    return unlessAborted(task.signal, () => this.#queue(task))
  }

  /** True if the worker runs in WASM because onnxruntime-node is not installed. */
  get nativeMissing(): boolean {
    return this.#nativeMissing
  }

  /** The model's factor; 1 for one that restores without enlarging. `undefined` until a worker is ready, which is before the first progress. */
  get factor(): number | undefined {
    return this.#factor
  }

  async #queue(task: Task): Promise<RgbImage> {
    const leaveMemory = await this.#memory.enter(task.signal)
    try {
      throwIfAborted(task.signal)
      // Started before the pixels are requested, so that the worker's start overlaps with decoding.
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

  /** Returns the worker; starts one if there is none. */
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
    // After a failure (out of memory), the state of the runtime is unknown.
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

  /** An error thrown by a callback of the task rejects its image instead of crashing the process. */
  #call(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      if (this.#running !== undefined) this.#running.thrown ??= { error }
      this.#worker?.abort()
    }
  }

  /** Discards a broken worker: its image fails, and the next image gets a new worker. */
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
