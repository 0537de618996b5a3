import { visible } from '@unplugin-hd/core'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The body of an answer, and how long browsers may keep it. */
export interface Body {
  bytes: Uint8Array
  mime: string
  /** A strong one. Without it the answer must not be kept. */
  etag?: string
  /** The address never shows anything else. @default false */
  immutable?: boolean
}

const YEAR_SECONDS = 31_536_000

/** Answers `GET` and `HEAD`, conditional requests (304) and ranges (206, 416). @see RFC 9110, sections 13 and 14 */
export function respond(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { bytes, mime, etag, immutable = false }: Body,
): void {
  const send = (status: number, part: Uint8Array, length: number = part.length): void => {
    response.statusCode = status
    response.setHeader('Content-Length', length)
    response.end(method === 'HEAD' ? undefined : part)
  }
  response.setHeader('Content-Type', mime)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  if (etag === undefined) {
    response.setHeader('Cache-Control', 'no-store')
    return send(200, bytes)
  }
  response.setHeader('Cache-Control', immutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
  response.setHeader('ETag', etag)
  response.setHeader('Accept-Ranges', 'bytes')
  if (matches(headers['if-none-match'], etag)) {
    response.statusCode = 304
    response.end()
    return
  }
  const condition = headers['if-range']
  const range =
    method === 'GET' && (condition === undefined || condition === etag) ? parseRange(headers.range, bytes.length) : undefined
  if (range === undefined) return send(200, bytes)
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${bytes.length}`)
    return send(416, new Uint8Array(0))
  }
  response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${bytes.length}`)
  send(206, bytes.subarray(range.start, range.end + 1))
}

/** Responds with an error in plain text. Vite's overlay does not show it, but it is visible when the address is opened. */
export function refuse({ method }: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  const bytes = Buffer.from(`${visible(message)}\n`)
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Length', bytes.length)
  response.end(method === 'HEAD' ? undefined : bytes)
}

function matches(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((known) => ['*', etag, `W/${etag}`].includes(known.trim()))
}

/** The range of a header; `undefined` for none, for several and for an invalid one, which are answered with everything. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < start) return undefined
  return start < size && start <= end ? { start, end } : 'unsatisfiable'
}
