import type { Checks } from './checks.ts'

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

export const REQUEST_KEYS: readonly (keyof WechatRequestOptions)[] = ['attemptTimeoutMs', 'totalTimeoutMs', 'retries']

/** @throws HdError `HD_OPTION` */
export function resolveRequestOptions(options: WechatRequestOptions, checks: Checks): ResolvedRequestOptions {
  return {
    attemptTimeoutMs: checks.integer('attemptTimeoutMs', options.attemptTimeoutMs ?? 60_000, 1, 600_000),
    totalTimeoutMs: checks.integer('totalTimeoutMs', options.totalTimeoutMs ?? 300_000, 1, 3_600_000),
    retries: checks.integer('retries', options.retries ?? 4, 0, 10),
  }
}

/** The longest result that is read, in bytes. @throws HdError `HD_OPTION` */
export function resolveMaxDownload(value: number | undefined, checks: Checks): number {
  return checks.integer('maxDownloadBytes', value ?? 64 * 2 ** 20, 1, 2 ** 30)
}
