import { readAnswer } from '../http/answer.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import { multipart, type WechatFormat } from '../http/multipart.ts'
import type { Transport, WechatRequest } from '../http/transport.ts'

/** The image to double: a file, or its public URL. */
export type WechatImage = { data: Uint8Array; format: WechatFormat } | { url: string }

/** The documented answer is a `media_id`, valid for three days; some callers got the image itself. */
export type Doubled = { mediaId: string } | { image: Uint8Array }

/** The documented one has 64 characters. */
const MAX_MEDIA_ID_LENGTH = 512

type Sending = Pick<WechatRequest, 'query' | 'timeoutMs' | 'maxBytes' | 'signal'>

/**
 * One call of `POST /cv/img/superresolution`: always POST, because sibling APIs answered GET with "require POST method".
 * @param sending `query` carries the token
 * @throws WechatError for everything but a `media_id` or an image
 */
export async function sendImage(
  image: WechatImage,
  sending: Sending,
  { transport, errors }: { transport: Transport; errors: ErrorFactory },
): Promise<Doubled> {
  const request = { ...sending, step: 'upload', method: 'POST', path: '/cv/img/superresolution' } as const
  const answer = await transport.send('url' in image ? byAddress(request, image.url) : byFile(request, image))
  const read = readAnswer(answer, 'upload', errors)
  if ('image' in read) return read
  return { mediaId: checkedMediaId(read.json['media_id'], errors) }
}

/** @throws WechatError `WECHAT_RESPONSE`, when there is none */
export function checkedMediaId(value: unknown, errors: ErrorFactory): string {
  if (typeof value === 'string' && value !== '' && value.length <= MAX_MEDIA_ID_LENGTH) return value
  throw errors.make('WECHAT_RESPONSE', 'the answer to img/superresolution holds no media_id', { step: 'upload', status: 200 })
}

function byAddress(request: WechatRequest, url: string): WechatRequest {
  return { ...request, query: { ...request.query, img_url: url } }
}

function byFile(request: WechatRequest, { data, format }: { data: Uint8Array; format: WechatFormat }): WechatRequest {
  const { body, contentType } = multipart(data, format)
  return { ...request, body, headers: { 'content-type': contentType } }
}
