import { readAnswer } from './answer.ts'
import type { Faults } from './fault.ts'
import type { Transport, WechatRequest } from './transport.ts'

type Sending = Pick<WechatRequest, 'query' | 'timeoutMs' | 'maxBytes' | 'signal'>

/**
 * One call of `GET /cgi-bin/media/get`. It costs nothing, so it may be repeated freely.
 * @param sending `query` carries the token
 * @throws WechatError for everything but an image; `errcode` 40007 when the medium is unknown, expired or another account's
 */
export async function fetchMedia(
  mediaId: string,
  sending: Sending,
  { transport, faults }: { transport: Transport; faults: Faults },
): Promise<Uint8Array> {
  const query = { ...sending.query, media_id: mediaId }
  const answer = await transport.send({ ...sending, query, step: 'download', method: 'GET', path: '/cgi-bin/media/get' })
  const read = readAnswer(answer, 'download', faults)
  if ('image' in read) return read.image
  // `video_url` for a video, or nothing that is known.
  const { status } = answer
  throw faults.make('WECHAT_RESPONSE', 'the answer to media/get is not an image', { step: 'download', status })
}
