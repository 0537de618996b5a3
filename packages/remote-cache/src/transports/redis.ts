import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { HdError } from '@unplugin-hd/core'
import { RemoteFailure } from '../failure.ts'
import type { Transport } from './transport.ts'

/** The commands in use, the same for each client. */
interface Commands {
  strlen(key: string): Promise<number>
  /** The first bytes, `last` included; empty if the key is not there. */
  getrange(key: string, last: number): Promise<Buffer>
  get(key: string): Promise<Buffer | null>
  set(key: string, value: Buffer): Promise<unknown>
  exists(key: string): Promise<number>
  disconnect(): void
}

type Connect = (url: string, password: string | undefined, connectMs: number) => Promise<Commands>

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
  let connecting: Promise<Commands> | undefined
  const close = async (): Promise<void> => {
    const commands = connecting
    connecting = undefined
    ;(await commands?.catch(() => undefined))?.disconnect()
  }
  const run = async <T>(signal: AbortSignal, work: (commands: Commands) => Promise<T>): Promise<T> => {
    connecting ??= loadClient(root, clients).then((connect) => connect(url, password, connectMs))
    const current = connecting
    try {
      return await work(await current)
    } catch (error) {
      // The server may have been restarted, or answers no more: the next request connects anew.
      if (connecting === current && !signal.aborted) void close()
      throw error
    }
  }
  return {
    get: (key, maxBytes, signal) =>
      run(signal, async (commands) => {
        const small = Math.min(SMALL_BYTES, maxBytes)
        // One byte more tells that there are more.
        const start = await commands.getrange(PREFIX + key, small)
        if (start.length <= small) return start.length === 0 ? undefined : start
        const length = await commands.strlen(PREFIX + key)
        if (length > maxBytes) throw new RemoteFailure('too-large', `an entry has more than ${maxBytes} bytes`)
        return (await commands.get(PREFIX + key)) ?? undefined
      }),
    has: (key, signal) => run(signal, async (commands) => (await commands.exists(PREFIX + key)) === 1),
    put: (key, bytes, signal) =>
      run(signal, async (commands) => {
        try {
          await commands.set(PREFIX + key, bytes)
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
  return async (url, password, connectTimeout) => {
    const options = { lazyConnect: true, connectTimeout, maxRetriesPerRequest: 0, retryStrategy: () => null }
    const client = new Redis(url, password === undefined ? options : { ...options, password })
    // Failures reach whoever waits for a command; why a connection failed is told here alone.
    let reason: unknown
    client.on('error', (error) => (reason = error))
    await client.connect().catch((error: unknown) => {
      throw reason ?? error
    })
    return {
      strlen: (key) => client.strlen(key),
      getrange: (key, last) => client.getrangeBuffer(key, 0, last),
      get: (key) => client.getBuffer(key),
      set: (key, value) => client.set(key, value),
      exists: (key) => client.exists(key),
      disconnect: () => client.disconnect(),
    }
  }
}

interface NodeRedisClient {
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
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
  return async (url, password, connectTimeout) => {
    const socket = { connectTimeout, reconnectStrategy: false }
    const client = createClient({ url, ...(password !== undefined && { password }), socket, disableOfflineQueue: true })
    client.on('error', () => undefined)
    await client.connect()
    const raw = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
    return {
      strlen: (key) => client.strLen(key),
      getrange: (key, last) => raw.getRange(key, 0, last),
      get: (key) => raw.get(key),
      set: (key, value) => client.set(key, value),
      exists: (key) => client.exists(key),
      disconnect: () => client.destroy(),
    }
  }
}
