import { WorkerError } from './worker-error.ts'

const STOP = 0
const BUSY = 1

/**
 * Prevents a worker from being terminated inside native code. When its thread is terminated during a call, onnxruntime-node's
 * binding throws a C++ exception that crashes the whole process (SIGABRT). So the worker flags when it is in native code, and the
 * main thread asks it to stop and waits for the call to return, which takes one tile at most.
 */
export class Brake {
  readonly #state: Int32Array<SharedArrayBuffer>

  /** @param memory 8 bytes shared by both sides: created on the main thread and passed to the worker */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#state = new Int32Array(memory)
  }

  get memory(): SharedArrayBuffer {
    return this.#state.buffer
  }

  /** In the worker: `work` counts as native code until it settles. @throws WorkerError `HD_ABORTED`, instead of beginning, after `stop()` */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    // Set busy first, then read stop. The other side does the reverse, so at least one of them sees the other's flag.
    Atomics.store(this.#state, BUSY, 1)
    try {
      if (Atomics.load(this.#state, STOP) === 1) throw new WorkerError('HD_ABORTED', 'the worker is ending')
      return await work()
    } finally {
      Atomics.store(this.#state, BUSY, 0)
      Atomics.notify(this.#state, BUSY)
    }
  }

  /** On the main thread: no guarded work starts from now on. */
  stop(): void {
    Atomics.store(this.#state, STOP, 1)
  }

  /** On the main thread: blocks until no guarded work is running. Only for use at process exit. */
  waitUntilFree(timeoutMs: number): void {
    Atomics.wait(this.#state, BUSY, 1, timeoutMs)
  }
}
