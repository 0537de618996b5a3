import { visible } from '@unplugin-hd/core'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is answered. */
export interface Body {
  bytes: Uint8Array
  mime: string
  /** Strong; without one nothing may be kept. */
  etag?: string
  /** Whether this address will never show anything else. */
  immutable?: boolean
}

const YEAR = 31_536_000

/** Answers `GET` and `HEAD`: `304` for what the browser has, `206` and `416` for a range. @see RFC 9110, sections 13 and 14 */
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
  response.setHeader('Cache-Control', immutable ? `public, max-age=${YEAR}, immutable` : 'no-cache')
  response.setHeader('ETag', etag)
  response.setHeader('Accept-Ranges', 'bytes')
  if (isKnown(headers['if-none-match'], etag)) {
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

/** A page sees a broken image, a person who opens the address sees why; no overlay comes of it. */
export function refuse({ method }: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  const bytes = Buffer.from(`${visible(message)}\n`)
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Length', bytes.length)
  response.end(method === 'HEAD' ? undefined : bytes)
}

function isKnown(header: string | undefined, etag: string): boolean {
  return header !== undefined && header.split(',').some((known) => ['*', etag, `W/${etag}`].includes(known.trim()))
}

/** The only range of a header; `undefined` for several of them, or none, or what is none: all is sent then. */
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
