import type { Reply, Request } from './protocol.ts'

/** What the engine needs from its environment. */
export interface Platform {
  /** The number of available cores. */
  cores(): number
  /** The SHA-256 digest of `bytes`, 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array
  /** Starts a worker, which runs `serve`. */
  start(listener: ThreadListener): Thread
}

/** The engine's end of one worker. */
export interface Thread {
  post(request: Request, transfer: ArrayBuffer[]): void
  /** Sets whether the worker keeps the process alive. Initially it does not. */
  hold(isHeld: boolean): void
  end(): Promise<void>
}

export interface ThreadListener {
  reply(reply: Reply): void
  /** The worker has ended or cannot continue. Called at most once. */
  lost(reason: string): void
}
