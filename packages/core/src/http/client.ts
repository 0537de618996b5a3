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

  /** @throws HttpFailure `too-large`, `cancelled`, and errors of the connection */
  async send({ method, url, headers, body, maxBytes, maxErrorBytes = 0, signal }: HttpRequest): Promise<HttpAnswer> {
    const request = this.#open(url, { method, headers: headersOf(headers, body) })
    // Lighter than the option `signal` of Node's request, and there are hundreds of them.
    const stop = (): unknown => request.destroy(new HttpFailure('cancelled', 'cancelled'))
    signal.addEventListener('abort', stop, { once: true })
    try {
      if (signal.aborted) stop()
      const answer = await answerTo(request, body)
      const { statusCode: status = 0, headers: received } = answer
      if (status === 200 && maxBytes > 0) return { status, headers: received, body: await readWithin(answer, maxBytes) }
      if (status !== 200 && maxErrorBytes > 0) return { status, headers: received, body: await readStart(answer, maxErrorBytes) }
      discard(answer)
      return { status, headers: received, body: NOTHING }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    const agents = Object.values(this.#agents ?? {})
    this.#agents = undefined
    // Only idle ones: another environment of the build may still be reading.
    for (const agent of agents) for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
  }

  #open(url: string, options: http.RequestOptions): http.ClientRequest {
    const settings = { keepAlive: true, maxSockets: this.#maxSockets }
    this.#agents ??= { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) }
    const isPlain = url.startsWith('http:')
    return (isPlain ? http : https).request(url, { ...options, agent: this.#agents[isPlain ? 'http:' : 'https:'] })
  }
}

function answerTo(request: http.ClientRequest, body: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    // Also after the answer began: an aborted one is an error here as well.
    request.on('error', reject)
    request.end(body)
  })
}

function headersOf(headers: Record<string, string>, body: Buffer | undefined): Record<string, string> {
  return { ...headers, 'user-agent': 'unplugin-hd', ...(body && { 'content-length': String(body.length) }) }
}

/** By events: an iterator over a stream costs several times as much. */
function readWithin(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const refuse = (): void => {
      answer.destroy()
      reject(new HttpFailure('too-large', `the answer has more than ${maxBytes} bytes`))
    }
    answer.on('error', reject)
    if (Number(answer.headers['content-length'] ?? 0) > maxBytes) return refuse()
    answer.on('data', (chunk: Uint8Array) => {
      length += chunk.length
      if (length > maxBytes) return refuse()
      chunks.push(chunk)
    })
    answer.on('end', () => resolve(Buffer.concat(chunks)))
  })
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
