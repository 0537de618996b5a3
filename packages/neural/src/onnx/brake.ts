import { WorkerError } from './worker-error.ts'

const STOP = 0
const BUSY = 1

/**
 * Keeps a worker from being ended inside native code. onnxruntime-node's binding throws a C++ exception when its thread is
 * terminated during a call, and that takes the whole process down (SIGABRT) instead of the thread. So the worker says when
 * it is in native code, and whoever wants to end it asks it to stop and waits for the call to return: a tile at most.
 */
export class Brake {
  readonly #state: Int32Array<SharedArrayBuffer>

  /** @param memory 8 bytes, shared by both sides; made here for the main thread, and handed to the worker */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.#state = new Int32Array(memory)
  }

  get memory(): SharedArrayBuffer {
    return this.#state.buffer
  }

  /** In the worker: `work` counts as native code until it settles. @throws WorkerError `HD_ABORTED`, instead of beginning, after `stop()` */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    // First busy, then the look at `stop`: the other side does the reverse, so one of the two always sees the other.
    Atomics.store(this.#state, BUSY, 1)
    try {
      if (Atomics.load(this.#state, STOP) === 1) throw new WorkerError('HD_ABORTED', 'the worker is ending')
      return await work()
    } finally {
      Atomics.store(this.#state, BUSY, 0)
      Atomics.notify(this.#state, BUSY)
    }
  }

  /** On the main thread: from now on no guarded work begins. */
  stop(): void {
    Atomics.store(this.#state, STOP, 1)
  }

  /** On the main thread: blocks until no guarded work is going on. For the end of the process, when nothing else is left to do. */
  waitUntilFree(timeoutMs: number): void {
    Atomics.wait(this.#state, BUSY, 1, timeoutMs)
  }
}
