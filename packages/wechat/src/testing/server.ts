import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** One request as it arrived. */
export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

/** How the server replies to one request. */
export type Reply = (response: ServerResponse, seen: Seen) => void

export interface Server {
  url: string
  seen: Seen[]
  /** The replies for a path, in order; the last one is repeated. */
  on(path: string, ...replies: Reply[]): void
  /** The number of requests for this path. */
  count(path: string): number
  /** The highest number of concurrent requests. */
  most(): number
}

export const STABLE = '/cgi-bin/stable_token'
export const UPLOAD = '/cv/img/superresolution'
export const MEDIA = '/cgi-bin/media/get'

/** A scripted server on a free loopback port, for one test. */
export async function startServer(): Promise<Server> {
  const scripts = new Map<string, Reply[]>()
  const seen: Seen[] = []
  let running = 0
  let most = 0
  const server = createServer((request, response) => {
    most = Math.max(most, ++running)
    response.on('close', () => running--)
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? '', 'http://x')
      const one = { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body }
      seen.push(one)
      const script = scripts.get(url.pathname) ?? [status(404, 'no script')]
      const reply = script.length > 1 ? script.shift() : script[0]
      reply?.(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    on: (path, ...replies) => void scripts.set(path, replies),
    count: (path) => seen.filter((one) => one.path === path).length,
    most: () => most,
  }
}

export function json(value: unknown, contentType = 'application/json; encoding=utf-8', code = 200): Reply {
  return (response) => response.writeHead(code, { 'content-type': contentType }).end(JSON.stringify(value))
}

export function errcode(code: number | string, errmsg = 'no reason'): Reply {
  return json({ errcode: code, errmsg })
}

export function token(value: string, seconds = 7200): Reply {
  return json({ access_token: value, expires_in: seconds })
}

export function image(bytes: Uint8Array): Reply {
  return (response) => response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.length }).end(bytes)
}

export function html(code = 200): Reply {
  return (response) => response.writeHead(code, { 'content-type': 'text/html' }).end('<!DOCTYPE html><p>gone</p>')
}

export function status(code: number, body = '', headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(code, headers).end(body)
}

/** Announces the whole body and sends half. */
export function truncated(bytes: Uint8Array): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.length })
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
  }
}

export const reset: Reply = (response) => response.destroy()

/** Never replies. */
export const silence: Reply = () => {}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
