import type { Endpoint, Fault } from './faults.ts'

/** What was answered to a call. */
export interface RecordedAnswer {
  /** HTTP status; 0 when the connection was closed without an answer. */
  status: number
  /** The code in the JSON answer, 0 for `ok` and for files. */
  errcode: number | undefined
  /** The id of the medium that the call made, also when its answer never arrived. */
  mediaId: string | undefined
  /** What the answer's errmsg ends with, and rid/get takes. */
  rid: string | undefined
}

/** For a connection that ended without an answer and without any work. */
export const NO_ANSWER: Readonly<RecordedAnswer> = { status: 0, errcode: undefined, mediaId: undefined, rid: undefined }

/** One call as it arrived, with tokens and secrets as they were sent: a test can look for them elsewhere. */
export interface RecordedRequest {
  method: string
  /** Path and query as sent. */
  url: string
  path: string
  query: URLSearchParams
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
  /** When it arrived, by the emulator's clock. Milliseconds since 1970. */
  at: number
  /** Undefined for a path that WeChat does not know. */
  endpoint: Endpoint | undefined
  fault: Fault | undefined
  /** Undefined until it is answered. */
  answer: RecordedAnswer | undefined
}
