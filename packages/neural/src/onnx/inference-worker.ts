import { Worker } from 'node:worker_threads'
import { Brake } from './brake.ts'
import { type WorkerErrorDetails, reason } from './worker-error.ts'
import type { Reply, Request, WorkerData, WorkerSettings } from './protocol.ts'
import type { RgbImage } from '../image.ts'

/** How long to wait for the current tile at process exit, in milliseconds. */
const EXIT_WAIT_MS = 10_000

/** Workers that may be inside native code. */
const running = new Set<InferenceWorker>()

process.on('exit', () => {
  // process.exit() terminates workers too, even inside native code.
  for (const worker of running) worker.holdAtExit()
})

export interface InferenceWorkerListener {
  reply(reply: Reply): void
  /** The thread has exited or crashed. */
  lost(failure: WorkerErrorDetails): void
}

/** The main thread's side of one worker thread. Keeps the process alive only between `hold()` and `release()`. */
export class InferenceWorker {
  readonly #worker: Worker
  readonly #brake = new Brake()
  readonly #ended: Promise<void>
  #interruptible = false

  constructor(script: URL, settings: WorkerSettings, listener: InferenceWorkerListener) {
    const workerData: WorkerData = { settings, brake: this.#brake.memory }
    // No inherited flags: `--input-type` and the main thread's loaders must not apply to this script.
    this.#worker = new Worker(script, { workerData, execArgv: [], name: 'unplugin-hd-neural' })
    this.#worker.unref()
    running.add(this)
    this.#worker.on('message', (reply: Reply) => {
      if (reply.type === 'ready') this.#interruptible = reply.runtime === 'wasm'
      listener.reply(reply)
    })
    this.#worker.on('error', (error) => listener.lost({ code: 'HD_RUNTIME', message: `the worker crashed: ${reason(error)}` }))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        running.delete(this)
        listener.lost({ code: 'HD_RUNTIME', message: `the worker ended (exit code ${code})` })
        resolve()
      })
    })
  }

  hold(): void {
    this.#worker.ref()
  }

  release(): void {
    this.#worker.unref()
  }

  abort(): void {
    this.#worker.postMessage({ type: 'abort' } satisfies Request, [])
  }

  /** Transfers the image to the worker. Memory owned by native code (sharp's) cannot be transferred, and a view should not take its larger buffer along: both are copied. */
  upscale(image: RgbImage): void {
    const { buffer, byteLength } = image.data
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) {
      try {
        this.#worker.postMessage({ type: 'upscale', image } satisfies Request, [buffer])
        return
      } catch (error) {
        if (!(error instanceof DOMException)) throw error
      }
    }
    const data = new Uint8Array(image.data)
    this.#worker.postMessage({ type: 'upscale', image: { ...image, data } } satisfies Request, [data.buffer])
  }

  /** Ends the thread after its current tile. */
  async end(): Promise<void> {
    this.#brake.stop()
    if (this.#interruptible) void this.#worker.terminate()
    else this.#worker.postMessage({ type: 'end' } satisfies Request, [])
    this.hold()
    await this.#ended
  }

  holdAtExit(): void {
    if (this.#interruptible) return
    this.#brake.stop()
    this.#brake.waitUntilFree(EXIT_WAIT_MS)
  }
}
