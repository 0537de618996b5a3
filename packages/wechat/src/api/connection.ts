import type { Doubled, WechatImage } from './superresolution.ts'

export interface WechatCall {
  signal?: AbortSignal | undefined
  /** Called before each attempt that goes to WeChat; when it throws, nothing is sent. */
  beforeAttempt?: () => Promise<void>
  /** Told of what went wrong without failing the call. */
  warn?: ((message: string) => void) | undefined
}

/** What a way to WeChat offers, be it HTTPS, a cloud call or a relay. */
export interface WechatConnection {
  /** Names the account in what is kept on disk: 16 hexadecimal digits, no secret. */
  readonly account: string
  /**
   * Has an image doubled. Each call, and each of its retries, counts against the quota.
   * @throws WechatError; HdError `HD_ABORTED`
   */
  superresolution(image: WechatImage, call?: WechatCall): Promise<Doubled>
  /**
   * Fetches a result. Costs nothing.
   * @param call `remembered`: the `media_id` is from an earlier run, so that 40007 is no delay and is not retried
   * @throws WechatError; HdError `HD_ABORTED`
   */
  media(mediaId: string, call?: WechatCall & { remembered?: boolean }): Promise<Uint8Array>
  /** Gives the connections back. A later call opens them anew. */
  close(): Promise<void>
}
