import { HdError, SITE, type HdErrorDetails } from '@unplugin-hd/core'

/** Every code of a {@link WechatError}, with the condition that raises it. Codes are stable: match them, not texts. */
export const WECHAT_CODES = {
  WECHAT_CREDENTIALS:
    'no credentials were given, or WeChat does not accept the AppID, the secret, or the address of this machine; or a cloud environment or cloud function does not let this caller in',
  WECHAT_TOKEN: 'an access token is refused, also after a refresh, or the function that supplies it failed',
  WECHAT_QUOTA: "WeChat's daily quota or its limit per minute is reached",
  WECHAT_BUDGET: '`dailyBudget` calls have been made today; no request was sent',
  WECHAT_REMOVED:
    'the answer looks as if the interface has been taken off the shelf (40066, 48001, -604100, HTTP 404 or 405, an HTML page)',
  WECHAT_UNAVAILABLE: 'the interface is blocked for this account, keeps answering "system busy", or five images in a row failed',
  WECHAT_IMAGE: 'WeChat does not accept this image (format, size, damaged)',
  WECHAT_RELAY:
    'the cloud function behind `wechatRelay()` is not there, not set up, too slow, or answers what this version does not know',
  WECHAT_NETWORK: 'no complete answer arrived: connection failed, timeout, truncated, HTTP 5xx',
  WECHAT_RESPONSE:
    'an answer arrived that the protocol does not know: unknown errcode, redirect, too large, neither JSON nor an image',
} as const

export type WechatCode = keyof typeof WECHAT_CODES

/** Which request failed. */
export type WechatStep = 'token' | 'upload' | 'download' | 'quota'

export interface WechatErrorDetails extends HdErrorDetails {
  step?: WechatStep | undefined
  errcode?: number | undefined
  errmsg?: string | undefined
  rid?: string | undefined
  status?: number | undefined
  retryAfterMs?: number | undefined
}

/** A failure of WeChat's side or of the way to it. Holds no token and no secret, nor do its `cause` and `stack`. */
export class WechatError extends HdError {
  override name = 'WechatError'
  declare readonly code: WechatCode
  readonly step: WechatStep | undefined
  /** WeChat's own number, as in its table of global return codes. */
  readonly errcode: number | undefined
  /** WeChat's own words, in one line. */
  readonly errmsg: string | undefined
  /** Names the request to WeChat's support and to `openapi/rid/get`, for seven days. */
  readonly rid: string | undefined
  /** Status of the HTTP answer. */
  readonly status: number | undefined
  /** How long the answer asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(code: WechatCode, message: string, details: WechatErrorDetails = {}) {
    super(code, message, { docs: `${SITE}/wechat#errors`, ...details })
    this.step = details.step
    this.errcode = details.errcode
    this.errmsg = details.errmsg
    this.rid = details.rid
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

/** True for a {@link WechatError}, also for one from a second copy of this package. */
export function isWechatError(value: unknown): value is WechatError {
  return value instanceof Error && value.name === 'WechatError' && (value as { isHdError?: unknown }).isHdError === true
}
