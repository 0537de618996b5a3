import { retryAfterMs } from '@unplugin-hd/core/http'
import { Agent, request } from 'undici'
import type { WechatStep } from '../errors/errors.ts'
import { type ErrorFactory, nameOfRequest } from '../errors/error-factory.ts'

export interface WechatRequest {
  step: WechatStep
  method: 'GET' | 'POST'
  /** From the root of the API: `/cgi-bin/media/get`. */
  path: string
  query: Record<string, string | undefined>
  headers?: Record<string, string>
  /** Left out: none, for a POST with `Content-Length: 0`. */
  body?: Buffer
  /** For this one attempt, from the connection to the last byte, in milliseconds. */
  timeoutMs: number
  /** Longer answers are refused. */
  maxBytes: number
  signal: AbortSignal | undefined
}

export interface Answer {
  status: number
  contentType: string
  retryAfterMs: number | undefined
  body: Buffer
}

/** Timeout of the connection, in milliseconds. */
const CONNECT_MS = 15_000

/** Sends each request once. Follows no redirects, because the URL carries the token. */
export class Transport {
  readonly #baseUrl: string
  readonly #errors: ErrorFactory
  readonly #now: () => number
  readonly #toCheck: string
  #agent: Agent | undefined

  /**
   * @param baseUrl without a slash at the end
   * @param toCheck the remedy when a connection fails
   */
  constructor(
    baseUrl: string,
    errors: ErrorFactory,
    now: () => number,
    toCheck = 'Check the connection to api.weixin.qq.com, or `baseUrl`',
  ) {
    this.#baseUrl = baseUrl
    this.#errors = errors
    this.#now = now
    this.#toCheck = toCheck
  }

  /** @throws WechatError `WECHAT_NETWORK`, `WECHAT_RESPONSE` when it is too large, HdError `HD_ABORTED` */
  async send(about: WechatRequest): Promise<Answer> {
    const timeout = AbortSignal.timeout(Math.max(1, about.timeoutMs))
    const signal = about.signal ? AbortSignal.any([about.signal, timeout]) : timeout
    if (about.signal?.aborted) throw this.#errors.aborted(about.signal)
    try {
      return await this.#exchange(about, signal)
    } catch (cause) {
      if (about.signal?.aborted) throw this.#errors.aborted(about.signal)
      if (cause instanceof TooLarge) throw this.#tooLarge(about)
      const what = timeout.aborted
        ? `no complete answer within ${about.timeoutMs} ms`
        : `the connection failed (${reasonOf(cause)})`
      throw this.#errors.make('WECHAT_NETWORK', `${what} to ${nameOfRequest(about.step)}`, {
        step: about.step,
        remedy: this.#toCheck,
        cause: timeout.aborted ? undefined : cause,
      })
    }
  }

  /** Waits for pending requests and closes connections. A later request opens new ones. */
  async close(): Promise<void> {
    const agent = this.#agent
    this.#agent = undefined
    await agent?.close()
  }

  async #exchange(about: WechatRequest, signal: AbortSignal): Promise<Answer> {
    this.#agent ??= new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: 0, bodyTimeout: 0 })
    const body = about.body ?? (about.method === 'POST' ? Buffer.alloc(0) : undefined)
    const answer = await request(this.#baseUrl + about.path + queryString(about.query), {
      dispatcher: this.#agent,
      method: about.method,
      headers: { ...about.headers, 'user-agent': 'unplugin-hd', ...(body && { 'content-length': String(body.length) }) },
      body: body ?? null,
      signal,
    })
    const header = (name: string): string | undefined => [answer.headers[name] ?? []].flat()[0]
    const length = header('content-length')
    const bytes = await readWithin(answer.body, length === undefined ? undefined : Number(length), about.maxBytes)
    return {
      status: answer.statusCode,
      contentType: header('content-type') ?? '',
      retryAfterMs: retryAfterMs(header('retry-after'), this.#now()),
      body: bytes,
    }
  }

  #tooLarge({ step, maxBytes }: WechatRequest): Error {
    return this.#errors.make('WECHAT_RESPONSE', `the answer to ${nameOfRequest(step)} has more than ${maxBytes} bytes`, {
      step,
      remedy: 'Raise `maxDownloadBytes` if images of this size are meant',
    })
  }
}

class TooLarge extends Error {}

type Body = AsyncIterable<Uint8Array> & { destroy(): unknown; on(event: 'error', listener: () => void): unknown }

/** The whole body. @throws when it is longer than `most`, or not as long as its header says */
async function readWithin(body: Body, announced: number | undefined, most: number): Promise<Buffer> {
  const stop = (): never => {
    // Errors of the connection do not matter any more.
    body.on('error', () => {})
    body.destroy()
    throw new TooLarge()
  }
  if (announced !== undefined && announced > most) stop()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > most) stop()
    chunks.push(chunk)
  }
  if (announced !== undefined && announced !== length) throw new Error(`${length} bytes arrived of ${announced}`)
  return Buffer.concat(chunks)
}

function queryString(query: WechatRequest['query']): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? '' : `?${given.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`
}

/** The code of a system error, if there is one: short, stable, and without addresses. */
function reasonOf(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown }
  return typeof code === 'string' ? code : String(message ?? cause)
}
