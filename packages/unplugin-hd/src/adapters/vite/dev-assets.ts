import type { IncomingMessage, ServerResponse } from 'node:http'
import { mimeOf, type Asset, type Hd } from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'

/** `/@hd/<key>/hero@2x.jpg`: a key says nothing of paths, so nothing but the cache can be reached through it. */
const ADDRESS_RE = /^\/@hd\/([0-9a-f]{64})\/[^/]+\.([a-z]+)$/

export interface DevAssets {
  /** The address that the dev server answers for this asset. */
  urlOf(asset: Asset, name: string): Promise<string>
  middleware(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
}

/** Serves 2x pictures from the cache while Vite's dev server runs; also those of an earlier run, to a tab that is still open. */
export function createDevAssets(hd: Hd, config: ResolvedConfig): DevAssets {
  /** What could not be cached (read-only folder). */
  const uncached = new Map<string, Uint8Array>()
  const base = config.base.startsWith('/') ? config.base : '/'

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const [, key, extension] = ADDRESS_RE.exec(pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : pathname) ?? []
    if (key === undefined) return false
    const bytes = uncached.get(key) ?? (await hd.stored(key))
    if (!bytes) return false
    response.setHeader('Content-Type', mimeOf(extension!))
    response.setHeader('Content-Length', bytes.length)
    // The key names the content: another picture has another address.
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
    response.setHeader('ETag', `"${key}"`)
    if (request.headers['if-none-match'] === `"${key}"`) {
      response.statusCode = 304
      response.removeHeader('Content-Length')
      response.end()
    } else {
      response.end(request.method === 'HEAD' ? undefined : bytes)
    }
    return true
  }

  return {
    async urlOf(asset, name) {
      if (!(await hd.stored(asset.key))) uncached.set(asset.key, asset.bytes)
      return `${config.server.origin ?? ''}${base}@hd/${asset.key}/${encodeURIComponent(name)}`
    },
    middleware(request, response, next) {
      answer(request, response).then((answered) => {
        if (!answered) next()
      }, next)
    },
  }
}
