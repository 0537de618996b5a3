import { readAnswer } from '../http/answer.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { Transport, WechatRequest } from '../http/transport.ts'

type Sending = Pick<WechatRequest, 'query' | 'timeoutMs' | 'maxBytes' | 'signal'>

/**
 * One call of `GET /cgi-bin/media/get`. It costs nothing, so it may be repeated freely.
 * @param sending `query` carries the token
 * @throws WechatError for everything but an image; `errcode` 40007 when the medium is unknown, expired or another account's
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
  // `video_url` for a video, or nothing that is known.
  const { status } = answer
  throw errors.make('WECHAT_RESPONSE', 'the answer to media/get is not an image', { step: 'download', status })
}
