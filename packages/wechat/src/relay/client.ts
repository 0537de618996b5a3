import { randomUUID } from 'node:crypto'
import { errorMessage } from '@unplugin-hd/core'
import { isLoopback } from '@unplugin-hd/core/http'
import { accountName } from '../account.ts'
import { isImage, type Read, wholeImage } from '../http/answer.ts'
import { Attempts } from '../http/attempts.ts'
import type { WechatConnection } from '../api/connection.ts'
import type { WechatContext } from '../context.ts'
import { ErrorFactory } from '../errors/error-factory.ts'
import type { Redactor } from '../errors/redact.ts'
import { checkedMediaId, type WechatImage } from '../api/superresolution.ts'
import { Transport, type WechatRequest } from '../http/transport.ts'
import { readRelayAnswer } from './answer.ts'
import { isRelaySecret, type ResolvedRelayOptions } from './options.ts'

/** The requests to the function; only `upload` is charged. */
type RelayStep = 'upload' | 'fetch' | 'forget' | 'check'

/** The connection through a cloud function. */
export interface RelayClient extends WechatConnection {
  /** Checks that the function exists and accepts the secret. Free. @throws WechatError; HdError `HD_ABORTED` */
  check(signal: AbortSignal): Promise<void>
}

type Sending = Pick<WechatRequest, 'timeoutMs' | 'signal'>

/** Creates the connection through a cloud function, which makes the cloud call and checks a shared secret. */
export function relayClientOf(options: ResolvedRelayOptions, { clock, env }: WechatContext, redactor: Redactor): RelayClient {
  const { endpoint, maxDownloadBytes: maxBytes } = options
  const errors = new ErrorFactory(redactor)
  const attempts = new Attempts(options, clock, errors)
  // No base: it sends to the endpoint, and fetches from the cloud storage.
  const transport = new Transport('', errors, clock.now, 'Check the connection to the cloud function, and `endpoint`')
  for (const known of [options.secret, env['WECHAT_RELAY_SECRET']]) redactor.learn(known)

  function secretOf(): string {
    const secret = options.secret ?? (env['WECHAT_RELAY_SECRET'] || undefined)
    redactor.learn(secret)
    if (isRelaySecret(secret)) return secret
    const what = secret === undefined ? 'there is no secret' : 'WECHAT_RELAY_SECRET is not of 32 to 256 printable characters'
    const remedy = 'Give `secret` or WECHAT_RELAY_SECRET the value that the function has in HD_RELAY_SECRET'
    throw errors.make('WECHAT_CREDENTIALS', `${what} for the cloud function`, { remedy })
  }

  async function ask(step: RelayStep, body: Buffer, contentType: string, sending: Sending, key?: string): Promise<Read> {
    const about = step === 'upload' ? 'upload' : 'download'
    const answer = await transport.send({
      ...sending,
      step: about,
      method: 'POST',
      path: endpoint,
      query: { step, key },
      headers: { 'content-type': contentType, 'x-hd-secret': secretOf() },
      body,
      maxBytes,
    })
    return readRelayAnswer(answer, about, errors)
  }

  const askJson = (step: RelayStep, value: object, sending: Sending, key?: string): Promise<Read> =>
    ask(step, Buffer.from(JSON.stringify(value)), 'application/json', sending, key)

  /** Sends the image as binary, because the gateway's limit for text is much lower. */
  function upload(image: WechatImage, key: string, sending: Sending): Promise<Read> {
    if ('url' in image) return askJson('upload', { imgUrl: image.url }, sending, key)
    const { data, format } = image
    return ask('upload', Buffer.from(data.buffer, data.byteOffset, data.byteLength), `image/${format}`, sending, key)
  }

  /** Fetches a result over the gateway's limit of 1 MB from the cloud storage. */
  async function fromStorage(address: unknown, sending: Sending): Promise<Uint8Array> {
    const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined
    if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && areLoopback(url, new URL(endpoint))))) {
      throw errors.make('WECHAT_RELAY', 'the cloud function answered with neither an image nor an https: address', {
        step: 'download',
        remedy: 'Deploy the cloud function of this package again',
      })
    }
    // The signature grants access to the image.
    redactor.learn(url.search.slice(1))
    const answer = await transport.send({ ...sending, step: 'download', method: 'GET', path: url.href, query: {}, maxBytes })
    if (answer.status === 200 && isImage(answer.body)) return wholeImage(answer.body, 'download', errors)
    throw errors.make('WECHAT_NETWORK', `the cloud storage answered with HTTP ${answer.status} and no image`, {
      step: 'download',
      status: answer.status,
      remedy: 'Try again later',
    })
  }

  async function forget(fileID: unknown, sending: Sending, warn: ((message: string) => void) | undefined): Promise<void> {
    try {
      await askJson('forget', { fileID }, sending)
    } catch (error) {
      // The image has arrived, so this does not fail the call.
      warn?.(`a result stays in the cloud storage, in the folder unplugin-hd: ${errorMessage(error)}`)
    }
  }

  return {
    account: accountName('relay', endpoint),
    superresolution(image, { signal, beforeAttempt } = {}) {
      // Identifies retries: a warm function then answers with the result that was paid for.
      const key = randomUUID()
      return attempts.upload(signal, async (timeoutMs) => {
        await beforeAttempt?.()
        const read = await upload(image, key, { timeoutMs, signal })
        return 'image' in read ? read : { mediaId: checkedMediaId(read.json['mediaId'], errors) }
      })
    },
    media: (mediaId, { signal, beforeAttempt, remembered, warn } = {}) =>
      attempts.download(signal, remembered === true, async (timeoutMs) => {
        await beforeAttempt?.()
        const sending = { timeoutMs, signal }
        const read = await askJson('fetch', { mediaId }, sending)
        if ('image' in read) return read.image
        const { url, fileID } = read.json
        const image = await fromStorage(url, sending)
        await forget(fileID, sending, warn)
        return image
      }),
    check: (signal) =>
      attempts.download(signal, false, async (timeoutMs) => {
        await askJson('check', {}, { timeoutMs, signal })
      }),
    close: () => transport.close(),
  }
}

/** An emulator on this machine serves its storage from loopback as well. */
function areLoopback(...urls: URL[]): boolean {
  return urls.every(({ hostname }) => isLoopback(hostname))
}
