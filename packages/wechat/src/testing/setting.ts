import { createHash } from 'node:crypto'
import type { Logger, Memo, UpscaleContext, UpscaleInput, Upscaler } from '@unplugin-hd/core'
import { type Server, MEDIA, image, STABLE, json, startServer, token, UPLOAD } from './server.ts'
import { clientOf, type WechatClient } from '../api/client.ts'
import type { WechatContext } from '../context.ts'
import { resolveClientOptions } from '../api/options.ts'
import { resolveOptions, type WechatOptions } from '../options.ts'
import { Redactor } from '../errors/redact.ts'
import { upscalerOf } from '../wechat.ts'

export const TOKEN = '88_TokenOfTheTest-abcdefghijklmnopqrstuvwxyz'
export const SECRET = 'secret0123456789secret0123456789'
export const APPID = 'wx0123456789abcdef'
export const PAIR: { appid: string; secret: string } = { appid: APPID, secret: SECRET }

/** Starts and ends like a JPEG, which is all that this package checks. */
export const DOUBLED: Uint8Array = Buffer.concat([
  Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
  Buffer.alloc(2000, 'pixels'),
  Buffer.from([0xff, 0xd9]),
])

export interface FakeClock {
  context: WechatContext
  /** Every wait so far, in milliseconds. Each advanced the clock. */
  waits: number[]
  forward(ms: number): void
}

/** A clock that only waits advance. It starts at noon in Shanghai. */
export function fakeClock(env: Record<string, string> = {}): FakeClock {
  let now = Date.UTC(2026, 0, 15, 4)
  const waits: number[] = []
  const delay = async (ms: number, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted()
    waits.push(ms)
    now += ms
  }
  return { context: { clock: { now: () => now, delay, random: () => 0 }, env }, waits, forward: (ms) => void (now += ms) }
}

/** A server without faults. */
export async function wellServer(): Promise<Server> {
  const server = await startServer()
  let serial = 0
  server.on(STABLE, token(TOKEN))
  server.on(UPLOAD, (response, seen) => json({ errcode: 0, errmsg: 'ok', media_id: `media-${++serial}` })(response, seen))
  server.on(MEDIA, image(DOUBLED))
  return server
}

export interface Kept {
  memo: Memo
  values: Map<string, string>
}

export function mapMemo(): Kept {
  const values = new Map<string, string>()
  const memo: Memo = {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  }
  return { memo, values }
}

export function collectLog(): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const add = (message: string): void => void lines.push(message)
  return { log: { debug: add, info: add, warn: add }, lines }
}

export interface Bench {
  upscaler: Upscaler
  context: UpscaleContext
  values: Map<string, string>
  lines: string[]
  time: FakeClock
  run(seed?: number): Promise<Uint8Array>
}

/** An upscaler with its context. Two benches with the same `kept` are two consecutive builds. */
export function bench(
  server: Server,
  options: WechatOptions = PAIR,
  kept: Kept = mapMemo(),
  time: FakeClock = fakeClock(),
): Bench {
  return benchOf(upscalerOf(resolveOptions({ baseUrl: server.url, ...options }), time.context), kept, time)
}

/** The same for an existing upscaler. */
export function benchOf(upscaler: Upscaler, kept: Kept = mapMemo(), time: FakeClock = fakeClock()): Bench {
  const { log, lines } = collectLog()
  const context: UpscaleContext = { signal: new AbortController().signal, log, memo: kept.memo, onProgress: () => {}, factor: 2 }
  const run = async (seed = 0): Promise<Uint8Array> => (await upscaler.upscale(input(seed), context)) as Uint8Array
  return { upscaler, context, values: kept.values, lines, time, run }
}

export function clientFor(server: Server, options: WechatOptions = PAIR, time: FakeClock = fakeClock()): WechatClient {
  return clientOf(resolveClientOptions({ baseUrl: server.url, ...options }), time.context, new Redactor())
}

/** An image whose bytes depend on `seed`. */
export function input(seed = 0): UpscaleInput {
  const data = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(`image ${seed}`)])
  return {
    width: 2,
    height: 2,
    file: `src/${seed}.jpg`,
    digest: createHash('sha256').update(data).digest('hex'),
    pixels: async () => ({ width: 2, height: 2, data: new Uint8Array(12) }),
    encoded: async () => ({ data, format: 'jpeg' }),
  }
}

/** The error of a rejected promise. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it was expected to fail')
}
