import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
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

  /** @throws RemoteFailure `too-large`, and errors of the connection */
  async send({ method, url, headers, body, maxBytes, signal }: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#begin(url, { method, headers: headersOf(headers, body), signal }, body)
    const status = answer.statusCode ?? 0
    if (status === 200 && method === 'GET') return { status, body: await readWithin(answer, maxBytes) }
    discard(answer)
    return { status, body: Buffer.alloc(0) }
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
    throw new RemoteFailure('too-large', `an entry has more than ${maxBytes} bytes`)
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
