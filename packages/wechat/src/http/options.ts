import { integer, type Option, type Options } from '@unplugin-hd/core'

/** Timeouts and retries, for every kind of connection. */
export interface WechatRequestOptions {
  /** Timeout of one attempt, in milliseconds, 1 to 600000. @default 60000 */
  attemptTimeoutMs?: number
  /** Timeout of a request with all its attempts and waits, in milliseconds, 1 to 3600000. @default 300000 */
  totalTimeoutMs?: number
  /** The most retries of a request, 0 to 10; downloads, which are free, are retried up to twice as often. @default 4 */
  retries?: number
}

export type ResolvedRequestOptions = Required<WechatRequestOptions>

export const REQUEST_OPTIONS: Options<ResolvedRequestOptions> = {
  attemptTimeoutMs: integer({ min: 1, max: 600_000, default: 60_000 }),
  totalTimeoutMs: integer({ min: 1, max: 3_600_000, default: 300_000 }),
  retries: integer({ min: 0, max: 10, default: 4 }),
}

/** The largest result that is read, in bytes. */
export const MAX_DOWNLOAD: Option<number> = integer({ min: 1, max: 2 ** 30, default: 64 * 2 ** 20 })
