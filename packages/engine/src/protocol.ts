import type { PreparedNetwork } from './prepared.ts'
import type { Rectangle, Task } from './region.ts'

/** What the engine tells a worker. A worker computes its tasks one after the other. */
export type Request =
  | { type: 'open'; module: WebAssembly.Module; network: PreparedNetwork }
  | { type: 'task'; id: number; task: Task }
  /** The rows of a strip's source that come next: up to its end, or a multiple of four. The strips come one after the other. */
  | { type: 'rows'; id: number; rows: Uint8Array<ArrayBuffer> }
  /** The task ends with the strip that it is at: another image waits. */
  | { type: 'stop'; id: number }
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
      /** Of a task that is done: what was left out of its region, because it was to stop. */
      rest?: Rectangle | undefined
    }
  | { type: 'failed'; id: number; reason: string }
