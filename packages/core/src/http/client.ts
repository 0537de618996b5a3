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

/** The most bytes that are read and forgotten, such as the rest of an error's page. */
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

  /** @throws HttpFailure `too-large`, `cancelled`, and errors of the connection */
  async send({ method, url, headers, body, maxBytes, maxErrorBytes = 0, signal }: HttpRequest): Promise<HttpAnswer> {
    const request = this.#open(url, { method, headers: headersOf(headers, body) })
    // Lighter than the option `signal` of Node's request, and there are hundreds of them.
    const stop = (): unknown => request.destroy(new HttpFailure('cancelled', 'cancelled'))
    signal.addEventListener('abort', stop, { once: true })
    const read = async (answer: IncomingMessage): Promise<HttpAnswer> => {
      const { statusCode: status = 0, headers: received } = answer
      const bytes = status === 200 ? readWithin(answer, maxBytes) : readStart(answer, maxErrorBytes)
      return { status, headers: received, body: await bytes }
    }
    try {
      if (signal.aborted) stop()
      return await exchange(request, body, read)
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

/** @param read called at once, so that it hears of all that happens to the answer */
function exchange<T>(
  request: http.ClientRequest,
  body: Buffer | undefined,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    request.on('response', (answer) => {
      isAnswered = true
      read(answer).then(resolve, reject)
    })
    // Also after the answer began: an aborted one is an error here as well.
    request.on('error', reject)
    // Without an error where the server switches to another protocol.
    request.on('close', () => isAnswered || reject(new Error('the connection ended without an answer')))
    request.end(body)
  })
}

function headersOf(headers: Record<string, string>, body: Buffer | undefined): Record<string, string> {
  return { ...headers, 'user-agent': 'unplugin-hd', ...(body && { 'content-length': String(body.length) }) }
}

/** By events: an iterator over a stream costs several times as much. */
function readWithin(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (maxBytes === 0) return readStart(answer, 0)
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
    answer.on('close', () => reject(new Error('the answer was cut off')))
  })
}

/**
 * The first bytes of an answer whose status says enough, even if it is cut off. What follows is read and forgotten, so that the
 * connection can be used again, and waited for: else one that never ends would hold the process.
 */
function readStart(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let length = 0
    const end = (): void => resolve(Buffer.concat(chunks).subarray(0, maxBytes))
    answer.on('data', (chunk: Uint8Array) => {
      if (length < maxBytes) chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes + MAX_DISCARDED) answer.destroy()
    })
    answer.on('error', end)
    answer.on('end', end)
    answer.on('close', end)
  })
}
