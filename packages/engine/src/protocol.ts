import type { Task } from './region.ts'
import type { Network } from './weights.ts'

/** What the engine tells a worker. A worker computes its tasks one after the other. */
export type Request =
  | { type: 'open'; module: WebAssembly.Module; network: Network }
  | { type: 'task'; id: number; task: Task }
  /** The rows of the task's source that come next: all, or a multiple of four. */
  | { type: 'rows'; id: number; rows: Uint8Array<ArrayBuffer> }
  /** The task is not wanted any more. */
  | { type: 'drop'; id: number }

/** A rectangle of the result, RGB. */
export interface Piece {
  /** Where it begins, in pixels of the whole result. */
  line: number
  column: number
  /** Bytes of a line. */
  length: number
  pixels: Uint8Array<ArrayBuffer>
}

/** What a worker answers. */
export type Reply =
  | {
      type: 'pieces'
      id: number
      pieces: Piece[]
      /** Bytes of the source that were read since the last answer: as many may be sent. */
      read: number
      isDone: boolean
    }
  | { type: 'failed'; id: number; reason: string }
