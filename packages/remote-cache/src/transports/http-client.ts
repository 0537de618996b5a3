import { Agent, request } from 'undici'
import { RemoteFailure } from '../failure.ts'

export interface HttpRequest {
  method: 'GET' | 'PUT' | 'HEAD'
  url: string
  headers: Record<string, string>
  body?: Buffer
  /** A longer answer is refused. */
  maxBytes: number
  signal: AbortSignal
}

export interface HttpAnswer {
  status: number
  body: Buffer
}

/** Of an answer that is not wanted, such as the page of an error. */
const MAX_DISCARDED = 64 * 1024

/** Sends each request once, and follows no redirects: they would carry the credentials elsewhere. */
export class HttpClient {
  readonly #connections: number
  #agent: Agent | undefined

  constructor(connections: number) {
    this.#connections = connections
  }

  /** @throws RemoteFailure `too-large`, and errors of the connection */
  async send({ method, url, headers, body, maxBytes, signal }: HttpRequest): Promise<HttpAnswer> {
    // Deadlines are those of the signal.
    this.#agent ??= new Agent({ connections: this.#connections, headersTimeout: 0, bodyTimeout: 0 })
    const answer = await request(url, {
      dispatcher: this.#agent,
      method,
      headers: { ...headers, 'user-agent': 'unplugin-hd' },
      body: body ?? null,
      signal,
    })
    const { statusCode: status } = answer
    if (status === 200 && method === 'GET')
      return { status, body: await readWithin(answer.body, lengthOf(answer.headers), maxBytes) }
    await answer.body.dump({ limit: MAX_DISCARDED, signal })
    return { status, body: Buffer.alloc(0) }
  }

  async close(): Promise<void> {
    const agent = this.#agent
    this.#agent = undefined
    await agent?.destroy()
  }
}

function lengthOf(headers: Record<string, string | string[] | undefined>): number | undefined {
  const [length] = [headers['content-length'] ?? []].flat()
  return length === undefined ? undefined : Number(length)
}

type Body = AsyncIterable<Uint8Array> & { destroy(): unknown; on(event: 'error', listener: () => void): unknown }

async function readWithin(body: Body, announced: number | undefined, maxBytes: number): Promise<Buffer> {
  const refuse = (): never => {
    // Errors of the connection do not matter any more.
    body.on('error', () => undefined)
    body.destroy()
    throw new RemoteFailure('too-large', `an entry has more than ${maxBytes} bytes`)
  }
  if (announced !== undefined && announced > maxBytes) refuse()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes) refuse()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
