import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorMessage, formatError, HD_QUERY_RE, isHdError, toQuery } from '@unplugin-hd/core'
import type { Project } from '../project.ts'
import type { Access } from './access.ts'
import { parseAddress, SHORT, type Wanted } from './address.ts'
import { locate } from './locate.ts'
import type { Pages } from './pages.ts'
import type { Images } from './images.ts'
import { refuse, respond } from './respond.ts'

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

export interface Middlewares {
  /** Answers for images with `?hd`, before Vite does. */
  answer: Middleware
  /** Says that an image is not there, when Vite, a proxy, and other plugins have nothing for it either. */
  miss: Middleware
}

/** @param watch told every file that is shown */
export function createMiddlewares(
  { config, session, warn }: Project,
  { access, pages, images, watch }: { access: Access; pages: Pages; images: Images; watch: (file: string) => void },
): Middlewares {
  const missed = new WeakSet<IncomingMessage>()
  const warned = new Set<string>()
  const warnOnce = (message: string): void => {
    if (warned.size < 1000 && !warned.has(message)) warn(message)
    warned.add(message)
  }

  /** Whether it was answered. */
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { method, url = '/' } = request
    if (method !== 'GET' && method !== 'HEAD') return false
    const wanted = parseAddress(url, config.base)
    if (!wanted) {
      request.url = asModuleId(url, config)
      return false
    }
    if (wanted === 'refused') {
      refuse(request, response, 403, 'This is no address of an image')
      return true
    }
    const file = await locate(wanted.path, config, access)
    if (file === undefined) {
      missed.add(request)
      return false
    }
    if (file === 'refused') {
      refuse(request, response, 403, "The file is outside of what Vite's option 'server.fs' allows")
      return true
    }
    if (!session.shouldTransform(file + toQuery(wanted.request))) return false
    if (wanted.request.as !== 'url') warnOnce(unprocessed(request, wanted))
    watch(file)
    await show(request, response, file, wanted)
    return true
  }

  const show = async (request: IncomingMessage, response: ServerResponse, file: string, wanted: Wanted): Promise<void> => {
    const { version, token, scale } = wanted
    const url = request.url!
    const { formats, quality } = wanted.request
    const image = { format: formats[0], quality, scale }
    const found = await images.answer(file, image, (id) => pages.shows(url, file, id))
    if (found.kind === 'preview') return respond(request, response, found)
    pages.shows(url, file)
    const { bytes, mime, key } = found.asset
    const isCurrent = found.final && version !== undefined && found.version.startsWith(version) && version.length >= SHORT
    const immutable = isCurrent || (token !== undefined && token === key.slice(0, SHORT))
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
          const message = isHdError(error) ? formatError(error) : errorMessage(error)
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
 * The request of a module, of an image in the public folder by its id rather than by its path: of that path Vite would warn,
 * though with `?hd` the image can be imported.
 */
function asModuleId(url: string, { base, root, publicDir }: Project['config']): string {
  if (!publicDir.startsWith(`${root}/`)) return url
  const folder = `${base}${encodeURI(publicDir.slice(root.length + 1))}/`
  const isModule = url.startsWith(folder) && HD_QUERY_RE.test(url) && /[?&]import\b/.test(url)
  return isModule ? `${base}@id//${url.slice(base.length)}` : url
}

/** In places that no hook sees, such as a stylesheet of the public folder. */
function unprocessed({ url, headers }: IncomingMessage, { request: { as } }: Wanted): string {
  const where = headers.referer ? ` in ${headers.referer}` : ''
  return `'as=${as}' of '${url}'${where} was not processed, so the 2x stands there alone. Import it in JavaScript, or write '?hd' alone`
}
