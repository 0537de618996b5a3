import type { Doubled, WechatImage } from './superresolution.ts'

export interface WechatCall {
  signal?: AbortSignal | undefined
  /** Called before each attempt that goes to WeChat; when it throws, nothing is sent. */
  beforeAttempt?: () => Promise<void>
  /** Receives problems that do not fail the call. */
  warn?: ((message: string) => void) | undefined
}

/** A connection to WeChat: by HTTPS, cloud call or relay. */
export interface WechatConnection {
  /** Names the account in what is kept on disk: 16 hexadecimal digits, no secret. */
  readonly account: string
  /**
   * Doubles an image. Each call, and each of its retries, counts against the quota.
   * @throws WechatError; HdError `HD_ABORTED`
   */
  superresolution(image: WechatImage, call?: WechatCall): Promise<Doubled>
  /**
   * Fetches a result. Costs nothing.
   * @param call `remembered`: the `media_id` is from an earlier build, so 40007 is final and not retried
   * @throws WechatError; HdError `HD_ABORTED`
   */
  media(mediaId: string, call?: WechatCall & { remembered?: boolean }): Promise<Uint8Array>
  /** Closes idle connections. A later call opens new ones. */
  close(): Promise<void>
}
