import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface ObjectServer {
  /** With `/hd` as its path, without a slash at its end. */
  url: string
  /** By path. */
  objects: Map<string, Buffer>
  /** `GET /hd/…`, in order. */
  requests: { method: string; path: string; headers: IncomingMessage['headers'] }[]
  /** Answers instead of the server; falsy: the server answers. */
  fault: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined
  count(method: string): number
}

/** Objects in memory by GET, PUT and HEAD on loopback, until the test ends. */
export async function objectServer(): Promise<ObjectServer> {
  const state: Omit<ObjectServer, 'url'> = {
    objects: new Map(),
    requests: [],
    fault: undefined,
    count: (wanted) => state.requests.filter(({ method }) => method === wanted).length,
  }
  const origin = await serve((request, response) => {
    const { method = '', headers } = request
    const path = request.url!
    state.requests.push({ method, path, headers })
    if (state.fault?.(request, response)) return
    if (method === 'PUT') return void store(request, response, path)
    const found = state.objects.get(path)
    response.writeHead(found ? 200 : 404, { 'content-length': found?.length ?? 0 })
    response.end(method === 'GET' ? found : undefined)
  })
  const store = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    state.objects.set(path, await buffer(request))
    response.writeHead(201).end()
  }
  return Object.assign(state, { url: `${origin}/hd` })
}

/** The origin of a server on loopback, which ends with the test, whatever is under way. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
