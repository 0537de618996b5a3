import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { HttpFailure } from './failure.ts'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'HEAD'
  url: string
  headers: Record<string, string>
  body?: Buffer
  /** A longer answer is refused. 0: its body is not wanted. */
  maxBytes: number
  /** So many bytes of an answer other than 200 are read, for its words. @default 0 */
  maxErrorBytes?: number
  signal: AbortSignal
}

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** Of an answer that is not wanted, such as the page of an error. */
const MAX_DISCARDED = 64 * 1024

const NOTHING = Buffer.alloc(0)

/**
 * Sends each request once, and follows no redirects: they would carry the credentials elsewhere. By Node's own client, which a build
 * has loaded already: loading another takes as long as fetching a hundred images.
 */
export class HttpClient {
  readonly #maxSockets: number
  #agents: { 'http:': http.Agent; 'https:': https.Agent } | undefined

  constructor(connections: number) {
    this.#maxSockets = connections
  }

  /** @throws HttpFailure `too-large`, and errors of the connection */
  async send({ method, url, headers, body, maxBytes, maxErrorBytes = 0, signal }: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#begin(url, { method, headers: headersOf(headers, body), signal }, body)
    const { statusCode: status = 0, headers: received } = answer
    if (status === 200 && maxBytes > 0) return { status, headers: received, body: await readWithin(answer, maxBytes) }
    if (status !== 200 && maxErrorBytes > 0) return { status, headers: received, body: await readStart(answer, maxErrorBytes) }
    discard(answer)
    return { status, headers: received, body: NOTHING }
  }

  async close(): Promise<void> {
    const agents = Object.values(this.#agents ?? {})
    this.#agents = undefined
    // Only idle ones: another environment of the build may still be reading.
    for (const agent of agents) for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
  }

  #begin(url: string, options: http.RequestOptions, body: Buffer | undefined): Promise<IncomingMessage> {
    const settings = { keepAlive: true, maxSockets: this.#maxSockets }
    this.#agents ??= { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) }
    const isPlain = url.startsWith('http:')
    const agent = this.#agents[isPlain ? 'http:' : 'https:']
    return new Promise((resolve, reject) => {
      const request = (isPlain ? http : https).request(url, { ...options, agent }, resolve)
      // Also after the answer began: an aborted one is an error here as well.
      request.on('error', reject)
      request.end(body)
    })
  }
}

function headersOf(headers: Record<string, string>, body: Buffer | undefined): Record<string, string> {
  return { ...headers, 'user-agent': 'unplugin-hd', ...(body && { 'content-length': String(body.length) }) }
}

async function readWithin(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const refuse = (): never => {
    answer.destroy()
    throw new HttpFailure('too-large', `the answer has more than ${maxBytes} bytes`)
  }
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) refuse()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > maxBytes) refuse()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What arrives of the first bytes: an error that is cut off says enough. */
async function readStart(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of answer as AsyncIterable<Uint8Array>) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= maxBytes) break
    }
  } catch {
    // The status is known.
  }
  return Buffer.concat(chunks).subarray(0, maxBytes)
}

/** Reads a short answer to its end, so that the connection can be used again. */
function discard(answer: IncomingMessage): void {
  let length = 0
  answer.on('data', (chunk: Uint8Array) => {
    length += chunk.length
    if (length > MAX_DISCARDED) answer.destroy()
  })
  // Nothing waits for it any more.
  answer.on('error', () => undefined)
}
