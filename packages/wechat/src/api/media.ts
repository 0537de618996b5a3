import { readAnswer } from '../http/answer.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { Transport, WechatRequest } from '../http/transport.ts'

type Sending = Pick<WechatRequest, 'query' | 'timeoutMs' | 'maxBytes' | 'signal'>

/**
 * One call of `GET /cgi-bin/media/get`. It is free, so it can be retried.
 * @param sending `query` carries the token
 * @throws WechatError if the answer is not an image; `errcode` 40007 if the medium is unknown, expired or belongs to another account
 */
export async function fetchMedia(
  mediaId: string,
  sending: Sending,
  { transport, errors }: { transport: Transport; errors: ErrorFactory },
): Promise<Uint8Array> {
  const query = { ...sending.query, media_id: mediaId }
  const answer = await transport.send({ ...sending, query, step: 'download', method: 'GET', path: '/cgi-bin/media/get' })
  const read = readAnswer(answer, 'download', errors)
  if ('image' in read) return read.image
  // A `video_url`, or something unknown.
  const { status } = answer
  throw errors.make('WECHAT_RESPONSE', 'the answer to media/get is not an image', { step: 'download', status })
}
