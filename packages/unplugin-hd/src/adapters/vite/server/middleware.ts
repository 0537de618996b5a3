import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorMessage, formatError, HD_QUERY_RE, isHdError, toQuery, withDocs } from '@unplugin-hd/core'
import type { Project } from '../project.ts'
import type { Access } from './access.ts'
import { parseAddress, SHORT_LENGTH, type ImageAddress } from './address.ts'
import { locate } from './locate.ts'
import type { Images } from './images.ts'
import type { OpenPages } from './open-pages.ts'
import { refuse, respond } from './respond.ts'

export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

export interface Middlewares {
  /** Answers requests for images with `?hd`. It comes before Vite's own middlewares. */
  answer: Middleware
  /** Answers 404 for an image that Vite, a proxy and other plugins do not have either. It comes last. */
  miss: Middleware
}

export interface MiddlewareContext {
  access: Access
  /** File and query of references that stylesheets resolve. */
  imageSets: ReadonlySet<string>
  pages: OpenPages
  images: Images
  /** Called with every file that is shown. */
  watch(file: string): void
}

export function createMiddlewares(
  { config, session, warn }: Project,
  { access, imageSets, pages, images, watch }: MiddlewareContext,
): Middlewares {
  const missed = new WeakSet<IncomingMessage>()
  const warned = new Set<string>()
  const warnOnce = (message: string): void => {
    if (warned.size < 1000 && !warned.has(message)) warn(message)
    warned.add(message)
  }

  /** Resolves to false when the request is for the next middleware. */
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { method, url = '/' } = request
    if (method !== 'GET' && method !== 'HEAD') return false
    const address = parseAddress(url, config.base)
    if (address.kind === 'foreign') {
      request.url = asModuleUrl(url, config)
      return false
    }
    if (address.kind === 'malformed') {
      refuse(request, response, 403, 'This is not the address of an image')
      return true
    }
    const located = await locate(address.path, config, access)
    if (located.kind === 'missing') {
      missed.add(request)
      return false
    }
    if (located.kind === 'denied') {
      refuse(request, response, 403, "The file is outside of what Vite's option 'server.fs' allows")
      return true
    }
    const { file } = located
    const id = file + toQuery(address.request)
    if (!session.shouldTransform(id)) return false
    if (address.request.as !== 'url' && !imageSets.has(id)) warnOnce(unprocessed(request, address))
    watch(file)
    if (address.scale !== 1) session.images?.asked(file, { ...address.request, as: 'url' }, undefined)
    await show(request, response, file, address)
    return true
  }

  const show = async (
    request: IncomingMessage,
    response: ServerResponse,
    file: string,
    { version, token, scale, request: { formats, quality, widths } }: ImageAddress,
  ): Promise<void> => {
    const url = request.url!
    const found = await images.find(file, { format: formats[0], quality, scale, width: widths?.[0] }, (id) =>
      pages.showed(url, file, id),
    )
    if (found.kind === 'preview') return respond(request, response, found)
    pages.showed(url, file)
    const { bytes, mime, key } = found.asset
    const isCurrent = found.final && version !== undefined && version.length >= SHORT_LENGTH && found.version.startsWith(version)
    const immutable = isCurrent || token === key.slice(0, SHORT_LENGTH)
    respond(request, response, { bytes, mime, etag: `"${key}"`, immutable })
  }

  return {
    answer(request, response, next) {
      answer(request, response).then(
        (answered) => {
          if (!answered) next()
        },
        (error: unknown) => {
          if (isHdError(error) && error.code === 'HD_ABORTED') return refuse(request, response, 503, 'The server is closing')
          const message = isHdError(error) ? withDocs(formatError(error), error) : errorMessage(error)
          warnOnce(message)
          refuse(request, response, isHdError(error) && error.code === 'HD_QUERY' ? 400 : 500, message)
        },
      )
    },
    miss(request, response, next) {
      if (missed.has(request)) refuse(request, response, 404, 'There is no such image')
      else next()
    },
  }
}

/**
 * The URL of a request, changed for the module of an image in the public folder: it names the module by its id, because Vite warns
 * of imports from that folder by path.
 */
function asModuleUrl(url: string, { base, root, publicDir }: Project['config']): string {
  if (!publicDir.startsWith(`${root}/`)) return url
  const folder = `${base}${encodeURI(publicDir.slice(root.length + 1))}/`
  const isModule = url.startsWith(folder) && HD_QUERY_RE.test(url) && /[?&]import\b/.test(url)
  return isModule ? `${base}@id//${url.slice(base.length)}` : url
}

/** The warning for a shape in a place that no hook sees, such as a stylesheet of the public folder. */
function unprocessed({ url, headers }: IncomingMessage, { request: { as } }: ImageAddress): string {
  const where = headers.referer ? ` in ${headers.referer}` : ''
  return `'as=${as}' of '${url}'${where} was not processed, so only the 2x is served. Import it in JavaScript, or write only '?hd'`
}
