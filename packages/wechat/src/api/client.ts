import { Attempts } from '../http/attempts.ts'
import { SYSTEM, type WechatContext } from '../context.ts'
import { Tokens } from '../credentials/token.ts'
import { ErrorFactory } from '../errors/error-factory.ts'
import type { WechatConnection } from './connection.ts'
import { fetchMedia } from './media.ts'
import { type ResolvedClientOptions, resolveClientOptions, type WechatClientOptions } from './options.ts'
import { fetchQuota, type WechatQuota } from './quota.ts'
import { Redactor } from '../errors/redact.ts'
import { sendImage } from './superresolution.ts'
import { Transport } from '../http/transport.ts'

/** The connection by HTTPS. */
export interface WechatClient extends WechatConnection {
  /**
   * Returns WeChat's count of today's calls of img/superresolution. Free.
   * @throws WechatError; HdError `HD_ABORTED`
   */
  quota(call?: { signal?: AbortSignal | undefined }): Promise<WechatQuota>
}

/**
 * The client that {@link wechat} is built on: tokens, retries and timeouts, but no memo and no budget.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example const client = createWechatClient({ appid, secret }); await client.superresolution({ data, format: 'jpeg' })
 */
export function createWechatClient(options?: WechatClientOptions): WechatClient {
  return clientOf(resolveClientOptions(options), SYSTEM, new Redactor())
}

/** @param redactor is told every secret that this client uses */
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
