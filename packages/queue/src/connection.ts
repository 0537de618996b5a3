import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { credentialsOf, errorMessage, escapedUrl, HdError, Redactor, shownUrl, throwIfAborted } from '@unplugin-hd/core'
import { withDeadline } from '@unplugin-hd/core/http'
import type { Redis } from 'ioredis'

type BullMQ = typeof import('bullmq')

/** Begins all keys in Redis. */
export const PREFIX = 'unplugin-hd-queue'

const INSTALL = 'Run `npm install --save-dev bullmq ioredis`'

/** So long Redis may take to answer for the first time, in milliseconds. */
const CONNECT_MS = 10_000

const LOST_RE = /\bE(?:CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)\b|connection is closed/i

/** The longest pause between two attempts to connect again, in milliseconds. */
const MAX_PAUSE_MS = 5000

export interface Place {
  /** `redis:` or `rediss:`; may hold credentials, which no message shows. */
  url: string
  /** Absolute path of the project; bullmq and ioredis are found from there. */
  root: string
}

export interface Connection {
  bullmq: BullMQ
  redis: Redis
  /** Where it is, for messages. */
  location: string
  /** Why it does not answer now; `undefined` while it does. */
  trouble(): string | undefined
  /** Whether an error is that of a lost connection, which is told by itself. */
  isLost(error: unknown): boolean
  /** The text of an error, without secrets. */
  explain(error: unknown): string
  close(): void
}

/**
 * Connects once; later it connects again by itself, for as long as it takes.
 * @param say told when Redis stops answering, and when it answers again
 * @throws HdError `HD_QUEUE` when a package is missing, or Redis cannot be reached
 */
export async function connect({ url, root }: Place, say: (message: string) => void, signal: AbortSignal): Promise<Connection> {
  const { bullmq, ioredis } = await loadPackages(root)
  const location = shownUrl(url)
  const redactor = new Redactor()
  redactor.add(credentialsOf(new URL(url)).password, new URL(url).search.slice(1))
  const explain = (error: unknown): string => redactor.redact(errorMessage(error)) || 'the connection is closed'

  const redis = new ioredis.Redis(escapedUrl(new URL(url)), {
    lazyConnect: true,
    // Commands wait until Redis is back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * 2 ** times, MAX_PAUSE_MS),
  })
  let trouble: string | undefined
  redis.on('error', (error) => (trouble ??= explain(error)))
  try {
    await withDeadline(CONNECT_MS, signal, async () => {
      await redis.connect()
      await redis.ping()
    })
  } catch (cause) {
    redis.disconnect()
    throwIfAborted(signal)
    throw new HdError('HD_QUEUE', `the queue ${location} cannot be reached: ${trouble ?? explain(cause)}`)
  }
  trouble = undefined
  let isTold = false
  redis.on('error', () => {
    if (!isTold) say(`the queue ${location} does not answer: ${trouble}; waiting for it`)
    isTold = true
  })
  redis.on('close', () => (trouble ??= 'the connection is closed'))
  redis.on('ready', () => {
    if (isTold) say(`the queue ${location} answers again`)
    isTold = false
    trouble = undefined
  })
  return {
    bullmq,
    redis,
    location,
    trouble: () => trouble,
    isLost: (error) => LOST_RE.test(errorMessage(error)) || LOST_RE.test(String((error as NodeJS.ErrnoException)?.code)),
    explain,
    close: () => redis.disconnect(),
  }
}

async function loadPackages(root: string): Promise<{ bullmq: BullMQ; ioredis: typeof import('ioredis') }> {
  for (const origin of [path.join(root, 'package.json'), import.meta.url]) {
    const bullmq = resolveFrom(origin, 'bullmq')
    const ioredis = resolveFrom(origin, 'ioredis')
    if (bullmq === undefined || ioredis === undefined) continue
    return { bullmq: await load<BullMQ>(bullmq), ioredis: await load<typeof import('ioredis')>(ioredis) }
  }
  throw new HdError('HD_QUEUE', 'a queue needs the packages bullmq and ioredis, which are not installed', { remedy: INSTALL })
}

function resolveFrom(origin: string, name: string): string | undefined {
  try {
    return createRequire(origin).resolve(name)
  } catch {
    return undefined
  }
}

async function load<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(file).href)) as T
}
