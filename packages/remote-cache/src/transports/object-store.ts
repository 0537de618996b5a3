import { HttpClient, type HttpAnswer, type HttpRequest } from '@unplugin-hd/core/http'
import { statusFailure } from '../failure.ts'
import type { Transport } from './transport.ts'

/** The address of an entry and the headers that authorise a request for it. */
export type Authorise = (request: {
  method: HttpRequest['method']
  key: string
  body: Buffer | undefined
}) => Promise<{ url: string; headers: Record<string, string> }>

/** Objects by GET, PUT and HEAD: what HTTP servers, remote caches of other tools, and S3 have in common. */
export function objectStore(authorise: Authorise, connections: number): Transport {
  const client = new HttpClient(connections)
  const send = async (
    method: HttpRequest['method'],
    key: string,
    more: { body?: Buffer; maxBytes?: number; signal: AbortSignal },
  ): Promise<HttpAnswer> => {
    const { url, headers } = await authorise({ method, key, body: more.body })
    return client.send({ method, url, headers, maxBytes: 0, ...more })
  }
  return {
    async get(key, maxBytes, signal) {
      const answer = await send('GET', key, { maxBytes, signal })
      return isThere('GET', answer) ? answer.body : undefined
    },
    async has(key, signal) {
      return isThere('HEAD', await send('HEAD', key, { signal }))
    },
    async put(key, body, signal) {
      const { status } = await send('PUT', key, { body, signal })
      if (status < 200 || status >= 300) throw statusFailure('PUT', status)
    },
    close: () => client.close(),
  }
}

function isThere(method: string, { status }: HttpAnswer): boolean {
  if (status === 200 || (status === 204 && method === 'HEAD')) return true
  if (status === 404 || status === 410) return false
  throw statusFailure(method, status)
}
