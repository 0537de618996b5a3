import { Attempts } from '../http/attempts.ts'
import type { Clock } from '../clock.ts'
import { systemClock } from '../clock.ts'
import type { Environment } from '../credentials/credentials.ts'
import { Tokens } from '../credentials/token.ts'
import { ErrorFactory } from '../errors/error-factory.ts'
import { fetchMedia } from './media.ts'
import { type ResolvedClientOptions, resolveClientOptions, type WechatClientOptions } from '../options.ts'
import { fetchQuota, type WechatQuota } from './quota.ts'
import { Redactor } from '../errors/redact.ts'
import { type Doubled, sendImage, type WechatImage } from './superresolution.ts'
import { Transport } from '../http/transport.ts'

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

/** The way by HTTPS. */
export interface WechatClient extends WechatConnection {
  /**
   * What is left of today's calls of img/superresolution, by WeChat's own count. Costs nothing.
   * @throws WechatError; HdError `HD_ABORTED`
   */
  quota(call?: { signal?: AbortSignal | undefined }): Promise<WechatQuota>
}

/** What tests replace. */
export interface WechatContext {
  clock: Clock
  env: Environment
}

export const SYSTEM: WechatContext = { clock: systemClock, env: process.env }

/**
 * The client under {@link wechat}: tokens, retries, timeouts; no memory, no budget.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example const client = createWechatClient({ appid, secret }); await client.superresolution({ data, format: 'jpeg' })
 */
export function createWechatClient(options?: WechatClientOptions): WechatClient {
  return clientOf(resolveClientOptions(options), SYSTEM, new Redactor())
}

/** @param redactor learns every secret that this client uses */
export function clientOf(options: ResolvedClientOptions, { clock, env }: WechatContext, redactor: Redactor): WechatClient {
  const errors = new ErrorFactory(redactor)
  const transport = new Transport(options.baseUrl, errors, clock.now)
  const tokens = new Tokens({ options, env, transport, errors, redactor, clock })
  const attempts = new Attempts(options, clock, errors)
  const { maxDownloadBytes: maxBytes } = options

  return {
    get account() {
      return tokens.account
    },
    superresolution: (image, { signal, beforeAttempt } = {}) =>
      attempts.upload(signal, (timeoutMs) =>
        tokens.use(signal, async (query) => {
          await beforeAttempt?.()
          return sendImage(image, { query, timeoutMs, maxBytes, signal }, { transport, errors })
        }),
      ),
    media: (mediaId, { signal, beforeAttempt, remembered } = {}) =>
      attempts.download(signal, remembered === true, (timeoutMs) =>
        tokens.use(signal, async (query) => {
          await beforeAttempt?.()
          return fetchMedia(mediaId, { query, timeoutMs, maxBytes, signal }, { transport, errors })
        }),
      ),
    quota: ({ signal } = {}) =>
      attempts.quota(signal, (timeoutMs) =>
        tokens.use(signal, (query) => fetchQuota({ query, timeoutMs, maxBytes, signal }, { transport, errors })),
      ),
    close: () => transport.close(),
  }
}
