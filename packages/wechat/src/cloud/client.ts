import { unlessAborted } from '@unplugin-hd/core'
import { accountName } from '../account.ts'
import type { Read } from '../http/answer.ts'
import { Attempts } from '../http/attempts.ts'
import type { WechatConnection } from '../api/connection.ts'
import type { WechatContext } from '../context.ts'
import type { WechatStep } from '../errors/errors.ts'
import { ErrorFactory, nameOfRequest } from '../errors/error-factory.ts'
import type { Redactor } from '../errors/redact.ts'
import { checkedMediaId, type WechatImage } from '../api/superresolution.ts'
import type { ResolvedCloudOptions } from './options.ts'
import { readResult, readThrown } from './result.ts'

/** The two calls of `openapi` that are used. */
interface OpenApi {
  img: { superresolution(data: object): Promise<unknown> }
  customerServiceMessage: { getTempMedia(data: object): Promise<unknown> }
}

/** Secrets that the SDK reads from the environment and may put into messages. */
const SECRETS = ['TENCENTCLOUD_SECRETID', 'TENCENTCLOUD_SECRETKEY', 'TENCENTCLOUD_SESSIONTOKEN', 'TCB_SESSIONTOKEN']

/** Creates the connection by cloud call (云调用). The platform adds the token. */
export function cloudClientOf(
  options: ResolvedCloudOptions,
  { clock, env }: WechatContext,
  redactor: Redactor,
): WechatConnection {
  const errors = new ErrorFactory(redactor)
  const attempts = new Attempts(options, clock, errors)
  const openapi = options.cloud.openapi as OpenApi
  for (const name of SECRETS) redactor.learn(env[name])

  /** The SDK has neither cancellation nor a timeout per call, so a late answer is ignored. */
  async function call(
    step: WechatStep,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    ask: () => Promise<unknown>,
  ): Promise<Read> {
    const timeout = AbortSignal.timeout(Math.max(1, timeoutMs))
    let result: unknown
    try {
      result = await unlessAborted(signal ? AbortSignal.any([signal, timeout]) : timeout, ask, ({ reason }) => reason)
    } catch (thrown) {
      if (signal?.aborted) throw errors.aborted(signal)
      if (!timeout.aborted) throw readThrown(thrown, step, errors)
      throw errors.make('WECHAT_NETWORK', `no answer within ${timeoutMs} ms to ${nameOfRequest(step)}`, {
        step,
        remedy: 'Raise the time limit of the cloud function, and `timeout` of cloud.init()',
      })
    }
    return readResult(result, step, errors)
  }

  return {
    account: accountName('cloud', options.appid ?? env['WECHAT_APPID'] ?? ''),
    superresolution: (image, { signal, beforeAttempt } = {}) =>
      attempts.upload(signal, async (timeoutMs) => {
        await beforeAttempt?.()
        const read = await call('upload', timeoutMs, signal, () => openapi.img.superresolution(argumentOf(image)))
        // The SDK converts keys to camel case, unless configured otherwise.
        return 'image' in read ? read : { mediaId: checkedMediaId(read.json['mediaId'] ?? read.json['media_id'], errors) }
      }),
    media: (mediaId, { signal, beforeAttempt, remembered } = {}) =>
      attempts.download(signal, remembered === true, async (timeoutMs) => {
        await beforeAttempt?.()
        const read = await call('download', timeoutMs, signal, () => openapi.customerServiceMessage.getTempMedia({ mediaId }))
        if ('image' in read) return read.image
        throw errors.make('WECHAT_RESPONSE', 'the answer to media/get is not an image', { step: 'download' })
      }),
    close: async () => {},
  }
}

/** The SDK sends only an object with `contentType` and a Buffer as `value` as a file; it sends anything else as JSON. */
function argumentOf(image: WechatImage): object {
  if ('url' in image) return { imgUrl: image.url }
  const { data, format } = image
  return { img: { contentType: `image/${format}`, value: Buffer.from(data.buffer, data.byteOffset, data.byteLength) } }
}
