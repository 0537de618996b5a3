import type { PreparedNetwork } from './prepared.ts'
import type { Rectangle, Task } from './region.ts'

/** Sent to a worker, which computes its tasks one at a time. */
export type Request =
  | { type: 'open'; module: WebAssembly.Module; network: PreparedNetwork }
  | { type: 'task'; id: number; task: Task }
  /** The next source rows of a strip: a multiple of four, or up to its end. Strips follow one another. */
  | { type: 'rows'; id: number; rows: Uint8Array<ArrayBuffer> }
  /** The seam of the next strip, from the region below. */
  | { type: 'seam'; id: number; rows: Uint8Array<ArrayBuffer> }
  /** End the task after the current strip, because another image waits. */
  | { type: 'stop'; id: number }
  /** Drop the task. */
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

/** Sent by a worker. */
export type Reply =
  | {
      type: 'pieces'
      id: number
      pieces: Piece[]
      /** Bytes of the source that were read since the last reply, so as many may be sent. */
      read: number
      isDone: boolean
      /** The part of the region that was not made, if the task was stopped early. */
      rest?: Rectangle | undefined
    }
  /** The seam of a strip, for the region above. */
  | { type: 'seam'; id: number; rows: Uint8Array<ArrayBuffer> }
  | { type: 'failed'; id: number; reason: string }
