import { HdError, SITE, type HdErrorDetails } from '@unplugin-hd/core'

/** Every code of a {@link KserveError}, with the condition that raises it. Codes are stable: match them, not texts. */
export const KSERVE_CODES = {
  KSERVE_NETWORK: 'no complete answer arrived: the connection failed or was cut, or the time was over',
  KSERVE_UNAVAILABLE: 'the server is busy, starting or failing (HTTP 408, 429, 5xx), also after retries',
  KSERVE_DENIED: 'the server wants other credentials (HTTP 401, 403)',
  KSERVE_MODEL: 'the server has no such model or version, or the model does not take the image (other HTTP 4xx)',
  KSERVE_RESPONSE:
    'an answer that the protocol does not allow: a redirect, too many bytes, no JSON, a tensor that is cut off or has another shape or type',
} as const

export type KserveCode = keyof typeof KSERVE_CODES

export interface KserveErrorDetails extends HdErrorDetails {
  status?: number | undefined
  retryAfterMs?: number | undefined
  timedOut?: boolean
}

/** A failure of the server or of the way to it. Holds no token. */
export class KserveError extends HdError {
  override name = 'KserveError'
  declare readonly code: KserveCode
  /** Status of the HTTP answer. */
  readonly status: number | undefined
  /** How long the answer asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined
  readonly timedOut: boolean

  constructor(code: KserveCode, message: string, details: KserveErrorDetails = {}) {
    super(code, message, { docs: `${SITE}/kserve#errors`, ...details })
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
    this.timedOut = details.timedOut ?? false
  }
}
