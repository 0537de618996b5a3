import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorMessage } from '@unplugin-hd/core'
import { readPage, renderShell } from '../pages.ts'
import type { Inspection } from './inspection.ts'

export interface HandlerContext {
  inspection: Inspection
  /** Makes what is missing of an image, or failed. Resolves when it waits for its turn, or to why nothing is made. @throws HdError */
  make(name: string): Promise<string | undefined>
}

/** Pages that are open at the same time. */
const MAX_PAGES = 32

/** Of a request to make an image: a name. */
const MAX_BODY_BYTES = 16_384

/** The page needs nothing but what the server has below its address. `frame-ancestors` is for Vite DevTools. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Answers requests below the address of the inspector. */
export interface Handler {
  /** @param path below the address, without a query: ``, `api/images` */
  handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

export function createHandler({ inspection, make }: HandlerContext): Handler {
  const pages = new Set<ServerResponse>()

  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    if (pages.size >= MAX_PAGES) return answer(response, 503, 'text/plain', 'Too many pages are open\n')
    pages.add(response)
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' })
    const end = inspection.subscribe((changes) => void response.write(`data: ${JSON.stringify(changes)}\n\n`))
    response.on('close', () => {
      end()
      pages.delete(response)
    })
    request.socket.setTimeout(0)
  }
  const makeImage = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isOfSameOrigin(request)) return answer(response, 403, 'text/plain', 'Only the page of the inspector may ask for this\n')
    const name = nameIn(await bodyOf(request))
    if (name === undefined || !inspection.find(name)) return answer(response, 404, 'text/plain', 'There is no such image\n')
    const refusal = await make(name)
    if (refusal !== undefined) return answer(response, 409, 'text/plain', `${refusal}\n`)
    answer(response, 202, 'application/json', '{}')
  }

  return {
    async handle(path, request, response) {
      const { method } = request
      const expected = path === 'api/make' ? 'POST' : 'GET'
      if (method !== expected) {
        response.setHeader('Allow', expected)
        return answer(response, 405, 'text/plain', `Only ${expected}\n`)
      }
      try {
        switch (path) {
          case '':
            response.setHeader('Content-Security-Policy', POLICY)
            return answer(response, 200, 'text/html', renderShell('Images of this project', 'inspector'))
          case 'inspector.js':
            return answer(response, 200, 'text/javascript', (await readPage('inspector')).script)
          case 'inspector.css':
            return answer(response, 200, 'text/css', (await readPage('inspector')).styles)
          case 'api/images':
            return answer(response, 200, 'application/json', JSON.stringify(await inspection.complete()))
          case 'api/events':
            return stream(request, response)
          case 'api/make':
            return await makeImage(request, response)
          default:
            return answer(response, 404, 'text/plain', 'There is nothing here\n')
        }
      } catch (error) {
        answer(response, 500, 'text/plain', `${errorMessage(error)}\n`)
      }
    },
    close() {
      inspection.close()
      for (const page of pages) page.end()
    },
  }
}

const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' }

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return void response.end()
  response.writeHead(status, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` })
  response.end(body)
}

/** Browsers say where a request comes from, in one header or the other. */
function isOfSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site, 'content-type': type = '' } = headers
  if (!type.startsWith('application/json')) return false
  if (site !== undefined) return site === 'same-origin'
  return origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk as string
    if (body.length > MAX_BODY_BYTES) return ''
  }
  return body
}

function nameIn(body: string): string | undefined {
  try {
    const { name }: Partial<Record<string, unknown>> = Object(JSON.parse(body))
    return typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}
