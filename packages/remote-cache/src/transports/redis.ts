import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { HdError } from '@unplugin-hd/core'
import { RemoteFailure } from '../failure.ts'
import type { Transport } from './transport.ts'

/** A connection and the commands in use, the same for each package. */
interface Connection {
  /** A server may take the connection and never answer, so that this stays open until `disconnect`. */
  connected: Promise<unknown>
  strlen(key: string): Promise<number>
  /** The first bytes, `last` included; empty if the key is not there. */
  getrange(key: string, last: number): Promise<Buffer>
  get(key: string): Promise<Buffer | null>
  set(key: string, value: Buffer): Promise<unknown>
  exists(key: string): Promise<number>
  disconnect(): void
}

type Connect = (url: string, password: string | undefined, connectMs: number) => Connection

export type RedisClient = 'ioredis' | 'redis'

const CLIENTS: Readonly<Record<RedisClient, (module: unknown) => Connect>> = {
  ioredis: (module) => connectIoredis(module as IoredisModule),
  redis: (module) => connectNodeRedis(module as NodeRedisModule),
}

const PREFIX = 'unplugin-hd:'

/** Read at once; larger entries are first asked for their length. */
const SMALL_BYTES = 256 * 1024

/**
 * Redis with the user's own client, found from the project.
 * @param root absolute path of the project
 * @param clients in the order in which they are looked for
 */
export function redisTransport(
  url: string,
  password: string | undefined,
  connectMs: number,
  root: string,
  clients: readonly RedisClient[] = ['ioredis', 'redis'],
): Transport {
  let opening: Promise<Connection> | undefined
  const close = async (): Promise<void> => {
    const opened = opening
    opening = undefined
    ;(await opened?.catch(() => undefined))?.disconnect()
  }
  const run = async <T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> => {
    opening ??= loadClient(root, clients).then((connect) => connect(url, password, connectMs))
    const current = opening
    // The server may have been restarted, answers no more, or not what was asked for: the next request connects anew.
    const drop = (): void => {
      if (opening === current) void close()
    }
    signal.addEventListener('abort', drop, { once: true })
    try {
      const connection = await current
      await connection.connected
      return await work(connection)
    } catch (error) {
      if (!(error instanceof RemoteFailure)) drop()
      throw error
    } finally {
      signal.removeEventListener('abort', drop)
    }
  }
  return {
    get: (key, maxBytes, signal) =>
      run(signal, async (connection) => {
        const small = Math.min(SMALL_BYTES, maxBytes)
        // One byte more tells that there are more.
        const start = await connection.getrange(PREFIX + key, small)
        if (start.length <= small) return start.length === 0 ? undefined : start
        const length = await connection.strlen(PREFIX + key)
        if (length > maxBytes) throw new RemoteFailure('too-large', `an entry has more than ${maxBytes} bytes`)
        return (await connection.get(PREFIX + key)) ?? undefined
      }),
    has: (key, signal) => run(signal, async (connection) => (await connection.exists(PREFIX + key)) === 1),
    put: (key, bytes, signal) =>
      run(signal, async (connection) => {
        try {
          await connection.set(PREFIX + key, bytes)
        } catch (error) {
          if (/^OOM\b/.test(String((error as Error).message))) throw new RemoteFailure('full', 'Redis has no memory left')
          throw error
        }
      }),
    close,
  }
}

async function loadClient(root: string, clients: readonly RedisClient[]): Promise<Connect> {
  for (const origin of [path.join(root, 'package.json'), import.meta.url]) {
    for (const name of clients) {
      const file = resolveFrom(origin, name)
      if (file !== undefined) return CLIENTS[name](await import(pathToFileURL(file).href))
    }
  }
  throw new HdError('HD_REMOTE', 'a redis: URL needs a client', {
    remedy: 'Install one: `npm install --save-dev ioredis` (or redis)',
  })
}

function resolveFrom(origin: string, name: string): string | undefined {
  try {
    return createRequire(origin).resolve(name)
  } catch {
    return undefined
  }
}

interface IoredisModule {
  Redis: new (
    url: string,
    options: object,
  ) => {
    on(event: 'error', listener: (error: unknown) => void): unknown
    connect(): Promise<void>
    strlen(key: string): Promise<number>
    getrangeBuffer(key: string, first: number, last: number): Promise<Buffer>
    getBuffer(key: string): Promise<Buffer | null>
    set(key: string, value: Buffer): Promise<unknown>
    exists(key: string): Promise<number>
    disconnect(): void
  }
}

function connectIoredis({ Redis }: IoredisModule): Connect {
  return (url, password, connectTimeout) => {
    const options = { lazyConnect: true, connectTimeout, maxRetriesPerRequest: 0, retryStrategy: () => null }
    const client = new Redis(url, password === undefined ? options : { ...options, password })
    // Failures reach whoever waits for a command; why a connection failed is told here alone.
    let reason: unknown
    client.on('error', (error) => (reason = error))
    return {
      connected: awaited(
        client.connect().catch((error: unknown) => {
          throw reason ?? error
        }),
      ),
      strlen: (key) => client.strlen(key),
      getrange: (key, last) => client.getrangeBuffer(key, 0, last),
      get: (key) => client.getBuffer(key),
      set: (key, value) => client.set(key, value),
      exists: (key) => client.exists(key),
      disconnect: () => client.disconnect(),
    }
  }
}

/** For a promise that may fail when nothing waits for it any more. */
function awaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

interface NodeRedisClient {
  on(event: 'error' | 'connect', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  readonly isOpen: boolean
  withTypeMapping(mapping: object): {
    getRange(key: string, first: number, last: number): Promise<Buffer>
    get(key: string): Promise<Buffer | null>
  }
  strLen(key: string): Promise<number>
  set(key: string, value: Buffer): Promise<unknown>
  exists(key: string): Promise<number>
  destroy(): void
}

interface NodeRedisModule {
  createClient(options: object): NodeRedisClient
  RESP_TYPES: { BLOB_STRING: number }
}

function connectNodeRedis({ createClient, RESP_TYPES }: NodeRedisModule): Connect {
  return (url, password, connectTimeout) => {
    const socket = { connectTimeout, reconnectStrategy: false }
    const client = createClient({ url, ...(password !== undefined && { password }), socket, disableOfflineQueue: true })
    client.on('error', () => undefined)
    let hasSocket = false
    client.on('connect', () => (hasSocket = true))
    const destroy = (): void => {
      if (client.isOpen) client.destroy()
    }
    const raw = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    return {
      connected: awaited(client.connect()),
      strlen: (key) => client.strLen(key),
      getrange: (key, last) => raw.getRange(key, 0, last),
      get: (key) => raw.get(key),
      set: (key, value) => client.set(key, value),
      exists: (key) => client.exists(key),
      disconnect: () => {
        if (hasSocket) destroy()
        // It would forget the socket that it is opening, and what it then asks of it would never fail.
        else client.on('connect', () => setImmediate(destroy))
      },
    }
  }
}
