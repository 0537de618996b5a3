import { readAnswer } from '../http/answer.ts'
import type { Clock } from '../clock.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { TokenOptions } from './options.ts'
import { withRetries } from '../http/retry.ts'
import type { Answer, Transport } from '../http/transport.ts'

export interface Token {
  value: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

const MAX_BYTES = 64 * 1024

interface TokenDeps {
  options: TokenOptions
  transport: Transport
  errors: ErrorFactory
  clock: Clock
}

/**
 * Requests a token from WeChat, in normal mode: it returns the current token while that is valid, and invalidates none.
 * @throws WechatError `WECHAT_CREDENTIALS`, `WECHAT_QUOTA`, `WECHAT_NETWORK`, `WECHAT_RESPONSE` …
 */
export async function requestToken(appid: string, secret: string, deps: TokenDeps): Promise<Token> {
  const { options, errors, clock } = deps
  const { retries, totalTimeoutMs } = options
  return withRetries({ step: 'token', retries, totalTimeoutMs }, clock, undefined, async (leftMs) => {
    const asked = clock.now()
    const answer = await send(appid, secret, Math.min(options.attemptTimeoutMs, leftMs), deps)
    const read = readAnswer(answer, 'token', errors)
    const { access_token: value, expires_in: seconds } = 'json' in read ? read.json : {}
    if (typeof value === 'string' && value !== '' && Number(seconds) > 0) {
      // Counted from before the request, so that it expires early rather than late.
      return { value, expiresAt: asked + 1000 * Number(seconds) }
    }
    throw errors.make('WECHAT_RESPONSE', 'the answer to the request for an access token holds none', {
      step: 'token',
      status: answer.status,
    })
  })
}

async function send(appid: string, secret: string, timeoutMs: number, { options, transport }: TokenDeps): Promise<Answer> {
  const common = { step: 'token', timeoutMs, maxBytes: MAX_BYTES, signal: undefined } as const
  if (options.tokenEndpoint === 'token') {
    const query = { grant_type: 'client_credential', appid, secret }
    return transport.send({ ...common, method: 'GET', path: '/cgi-bin/token', query })
  }
  return transport.send({
    ...common,
    method: 'POST',
    path: '/cgi-bin/stable_token',
    query: {},
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ grant_type: 'client_credential', appid, secret, force_refresh: false })),
  })
}
