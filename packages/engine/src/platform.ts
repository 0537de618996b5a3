import type { Reply, Request } from './protocol.ts'

/** What the engine needs of the place that it runs in. */
export interface Platform {
  /** Cores at hand. */
  cores(): number
  /** The SHA-256 digest of `bytes`, 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array
  /** Starts a worker that `serve`s. */
  start(listener: ThreadListener): Thread
}

/** The engine's end of one worker. */
export interface Thread {
  post(request: Request, transfer: ArrayBuffer[]): void
  /** Whether the worker keeps the process alive. It does not at first. */
  hold(isHeld: boolean): void
  end(): Promise<void>
}

export interface ThreadListener {
  reply(reply: Reply): void
  /** The worker has ended or cannot go on. Called once at most. */
  lost(reason: string): void
}
