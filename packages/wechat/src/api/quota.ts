import { readAnswer } from '../http/answer.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { Transport, WechatRequest } from '../http/transport.ts'

/** WeChat's own count, which it says may be off by 1 %. */
export interface WechatQuota {
  /** Calls a day. */
  dailyLimit: number
  /** Calls made today. */
  used: number
  /** Calls left today. */
  remain: number
}

type Sending = Pick<WechatRequest, 'query' | 'timeoutMs' | 'maxBytes' | 'signal'>

/** With a leading slash and without a host; anything else is answered with 76003. */
const BODY = Buffer.from(JSON.stringify({ cgi_path: '/cv/img/superresolution' }))

/** One call of `POST /cgi-bin/openapi/quota/get`. @throws WechatError for everything but a quota */
export async function fetchQuota(
  sending: Sending,
  { transport, errors }: { transport: Transport; errors: ErrorFactory },
): Promise<WechatQuota> {
  const headers = { 'content-type': 'application/json' }
  const path = '/cgi-bin/openapi/quota/get'
  const answer = await transport.send({ ...sending, step: 'quota', method: 'POST', path, headers, body: BODY })
  const read = readAnswer(answer, 'quota', errors)
  const quota = 'json' in read ? (read.json['quota'] as Record<string, unknown> | undefined) : undefined
  const [dailyLimit, used, remain] = ['daily_limit', 'used', 'remain'].map((key) => Number(quota?.[key] ?? Number.NaN))
  if (Number.isFinite(dailyLimit! + used! + remain!)) return { dailyLimit: dailyLimit!, used: used!, remain: remain! }
  const { status } = answer
  throw errors.make('WECHAT_RESPONSE', 'the answer to openapi/quota/get holds no quota', { step: 'quota', status })
}
