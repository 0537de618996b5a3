import type { Cache } from './cache.ts'
import { encode } from './encode.ts'
import { HdError, toHdError } from './errors.ts'
import type { HdEvent } from './events.ts'
import { fit } from './fit.ts'
import { shareWork } from './flight.ts'
import { masterKey } from './key.ts'
import { createMemo } from './memo.ts'
import { decodeFile, decodeSource, type Picture } from './pixels.ts'
import { rejoin } from './rejoin.ts'
import type { Header, Source } from './source.ts'
import type { Turn } from './turn.ts'
import type { Logger, Upscaler } from './upscaler.ts'
import { verify } from './verify.ts'

/** The 2x picture as one upscaler delivered it, without further loss. */
export interface Master {
  key: string
  facts: MasterFacts
  /** PNG as we encode it, or the JPEG or WebP that the upscaler delivered. */
  bytes: Uint8Array
  /** Upscaled by this process just now; otherwise it was in the cache. */
  fresh: boolean
  /** Decoded; already there when the master was made in this process just now. */
  picture: () => Promise<Picture>
}

/** Kept in the store beside the bytes. */
export interface MasterFacts {
  upscaler: string
  width: number
  height: number
  grey: boolean
  /** `bytes` are a PNG of our own encoding, so that they are the PNG variant as well. */
  ownPng: boolean
  /** The upscaler was given a smaller picture. */
  shrunk: boolean
  source: { width: number; height: number }
}

export interface MasterSurroundings {
  cache: Cache
  log: Logger
  signal: AbortSignal
  emit: (event: HdEvent) => void
  /** Metered upscalers are not called; what they made earlier is still used. */
  sparing: boolean
}

/** Whether the cache has a master of this source by this upscaler; it may still turn out to be damaged. */
export function hasMaster(source: Source, upscaler: Upscaler, cache: Cache): Promise<boolean> {
  return cache.has(masterKey(source.digest, upscaler))
}

/** The master of this source by this upscaler, when the cache has it. */
export async function findMaster(source: Source, upscaler: Upscaler, cache: Cache): Promise<Master | undefined> {
  const key = masterKey(source.digest, upscaler)
  const entry = await cache.get(key)
  if (!entry) return undefined
  const facts = entry.meta as unknown as MasterFacts
  return { key, facts, bytes: entry.bytes, fresh: false, picture: () => decodeMaster(facts, entry.bytes) }
}

async function decodeMaster(facts: MasterFacts, bytes: Uint8Array): Promise<Picture> {
  const decoded = await decodeFile(bytes, facts.grey)
  // A file that an upscaler delivered is kept for opaque sources only; an alpha channel in it means nothing.
  return facts.ownPng ? decoded : { ...decoded, alpha: undefined }
}

/**
 * The master of this source by this upscaler: found, or made once, however many callers of this process and other processes
 * ask for it at the same time.
 * @param turn is held afterwards by whoever made or found it, so that it can be encoded at once
 * @throws HdError of the upscaler, `HD_SOURCE_BROKEN`, `HD_FIT`, `HD_UPSCALE_…`, `HD_ABORTED`
 */
export async function obtainMaster(
  source: Source,
  header: Header,
  upscaler: Upscaler,
  around: MasterSurroundings,
  turn: Turn,
): Promise<Master> {
  const { cache, signal } = around
  const key = masterKey(source.digest, upscaler)
  const { result: master, joined } = await shareWork(`${cache.dir}\0${key}`, turn, signal, async () => {
    for (;;) {
      await turn.enter()
      const alone = await cache.runAlone(
        key,
        async () => (await findMaster(source, upscaler, cache)) ?? makeMaster(key, source, header, upscaler, around),
      )
      if (alone) return alone.result
      turn.leave()
      await cache.waitForOther(key, signal)
    }
  })
  if (!joined) return master
  // Whoever joined did not upscale it, and waits for room without its pixels.
  return { ...master, fresh: false, picture: () => decodeMaster(master.facts, master.bytes) }
}

async function makeMaster(
  key: string,
  source: Source,
  header: Header,
  upscaler: Upscaler,
  around: MasterSurroundings,
): Promise<Master> {
  around.emit({ type: 'start', name: source.name, width: header.width, height: header.height })
  const decoded = await decodeSource(source, header)
  const { input, pixels, shrunk } = await fit(source, header, decoded, upscaler.accepts)
  const result = await callUpscaler(upscaler, input, source, around)
  const verified = await verify(result, pixels, upscaler.name)
  if (shrunk) {
    around.emit({
      type: 'warning',
      name: source.name,
      message: `${decoded.width}x${decoded.height} was too large for the upscaler '${upscaler.name}' and went there as ${pixels.width}x${pixels.height}: the 2x has its exact size, but less detail`,
    })
  }
  const picture = await rejoin(verified, decoded)
  const kept = shrunk || picture.alpha || picture.grey ? undefined : lossyFile(result)
  const facts: MasterFacts = {
    upscaler: upscaler.name,
    width: picture.width,
    height: picture.height,
    grey: picture.grey,
    ownPng: kept === undefined,
    shrunk,
    source: { width: header.width, height: header.height },
  }
  const bytes = kept ?? (await encode(picture, 'png', 100))
  await around.cache.put(key, { meta: { ...facts }, bytes })
  return { key, facts, bytes, fresh: true, picture: async () => picture }
}

async function callUpscaler(
  upscaler: Upscaler,
  input: Parameters<Upscaler['upscale']>[0],
  source: Source,
  { cache, log, signal, emit }: MasterSurroundings,
): Promise<unknown> {
  if (signal.aborted) throw new HdError('HD_ABORTED', 'cancelled before it was upscaled', { file: source.name })
  emit({ type: 'upscaled', name: source.name, upscaler: upscaler.name, metered: upscaler.metered ?? false })
  const context = {
    signal,
    log,
    memo: createMemo(cache.dir, upscaler.name),
    onProgress: (fraction: number) => {
      if (fraction >= 0) emit({ type: 'progress', name: source.name, fraction: Math.min(fraction, 1) })
    },
  }
  try {
    return await upscaler.upscale(input, context)
  } catch (cause) {
    if (signal.aborted) throw new HdError('HD_ABORTED', 'cancelled while it was upscaled', { file: source.name, cause })
    throw toHdError(cause, 'HD_UPSCALE_FAILED', `the upscaler '${upscaler.name}' failed`, { file: source.name })
  }
}

/** A JPEG or WebP stays as it was delivered; anything else loses nothing by becoming a PNG of ours. */
function lossyFile(result: unknown): Uint8Array | undefined {
  if (!(result instanceof Uint8Array)) return undefined
  const head = Buffer.from(result.subarray(0, 12)).toString('latin1')
  return head.startsWith('\xff\xd8\xff') || (head.startsWith('RIFF') && head.endsWith('WEBP')) ? result : undefined
}
