import { integer, type Option, type Options } from '@unplugin-hd/core'

/** How long and how often is asked, whichever way leads to WeChat. */
export interface WechatRequestOptions {
  /** For one attempt, in milliseconds, 1 to 600000. @default 60000 */
  attemptTimeoutMs?: number
  /** For one request with all its attempts and the waits between them, in milliseconds, 1 to 3600000. @default 300000 */
  totalTimeoutMs?: number
  /** How often a request is sent again at most, 0 to 10; a download, which is free, twice as often. @default 4 */
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
