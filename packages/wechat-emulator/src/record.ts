import type { Endpoint, Fault } from './faults.ts'

/** The answer to a call. */
export interface RecordedAnswer {
  /** HTTP status; 0 when the connection was closed without an answer. */
  status: number
  /** The code in the JSON answer; 0 for `ok` and for files. */
  errcode: number | undefined
  /** The id of the file that the call created, even if the answer never arrived. */
  mediaId: string | undefined
  /** The id at the end of errmsg, which rid/get accepts. */
  rid: string | undefined
}

/** For a connection that ended without an answer and before any work. */
export const NO_ANSWER: Readonly<RecordedAnswer> = { status: 0, errcode: undefined, mediaId: undefined, rid: undefined }

/** One call as it arrived, with tokens and secrets, so that tests can search logs and files for them. */
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
