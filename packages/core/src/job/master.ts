import type { Cache } from '../store/cache.ts'
import { bleed } from '../image/bleed.ts'
import { encode } from '../image/encode.ts'
import { HdError, toHdError } from '../errors.ts'
import type { HdEvent } from '../events.ts'
import { fit } from '../image/fit.ts'
import { shareWork } from '../schedule/flight.ts'
import { imageOrigin, parseMasterFacts, type MasterFacts } from './facts.ts'
import { checkMaster } from './foreign.ts'
import { masterKey } from './key.ts'
import { levelOf } from '../upscaler/passes.ts'
import { decodeFile, decodeSource, type Image } from '../image/pixels.ts'
import { rejoin } from '../image/rejoin.ts'
import type { Header, Source } from '../source/source.ts'
import { sniffFormat } from '../source/signature.ts'
import type { Turn } from '../schedule/turn.ts'
import type { Logger, UpscaleContext, Upscaler } from '../upscaler/upscaler.ts'
import { verify } from '../image/verify.ts'

/** The enlarged image as one upscaler delivered it, without further loss. */
export interface Master {
  key: string
  facts: MasterFacts
  /** PNG as we encode it, or the JPEG or WebP that the upscaler delivered. */
  bytes: Uint8Array
  /** Upscaled by this call; otherwise it came from the cache or from another call. */
  fresh: boolean
  /** The decoded pixels; immediately available for a fresh master. */
  image: () => Promise<Image>
}

/** What work on images needs in addition to the images. */
export interface WorkContext {
  readonly cache: Cache
  readonly log: Logger
  readonly signal: AbortSignal
  readonly emit: (event: HdEvent) => void
}

/** Identifies a master: source, upscaler and passes. */
export interface MasterOrder {
  readonly source: Source
  readonly upscaler: Upscaler
  /** The factor of each pass. */
  readonly passes: readonly number[]
}

/** The key of the master in the store. */
export function keyOfMaster({ source, upscaler, passes }: MasterOrder): string {
  return masterKey(source.digest, upscaler, passes)
}

/** The master, when the cache has it. */
export async function findMaster(order: MasterOrder, cache: Cache): Promise<Master | undefined> {
  const key = keyOfMaster(order)
  const entry = await cache.get(key, checkMaster(order))
  const facts = entry && parseMasterFacts(entry.meta)
  if (!facts) return undefined
  return { key, facts, bytes: entry.bytes, fresh: false, image: () => decodeMaster(facts, entry.bytes) }
}

async function decodeMaster(facts: MasterFacts, bytes: Uint8Array): Promise<Image> {
  const decoded = await decodeFile(bytes, facts.grey)
  // Files from upscalers are kept for opaque sources only, so their alpha channel is meaningless.
  return facts.ownPng ? decoded : { ...decoded, alpha: undefined }
}

/**
 * Finds the master, or makes it once for all concurrent callers in this and other processes.
 * @param turn still held afterwards by the caller that made or found it, so that encoding can follow immediately
 * @throws HdError of the upscaler, `HD_SOURCE_BROKEN`, `HD_FIT`, `HD_UPSCALE_…`, `HD_ABORTED`
 */
export async function obtainMaster(order: MasterOrder, header: Header, context: WorkContext, turn: Turn): Promise<Master> {
  const { cache, signal } = context
  const key = keyOfMaster(order)
  const { result: master, joined } = await shareWork(`${cache.scope}\0${key}`, turn, signal, async () => {
    await turn.enter()
    const found = await findMaster(order, cache)
    if (found) return found
    // Earlier passes are masters of their own, so each is made (and paid for) once.
    const earlier = order.passes.slice(0, -1)
    const base = earlier.length > 0 ? await obtainMaster({ ...order, passes: earlier }, header, context, turn) : undefined
    for (;;) {
      await turn.enter()
      const alone = await cache.runAlone(
        key,
        async () => (await findMaster(order, cache)) ?? makeMaster(key, order, header, base, context),
      )
      if (alone) return alone.result
      turn.leave()
      await cache.waitForOther(key, signal)
    }
  })
  if (!joined) return master
  // A caller that joined did not upscale, and waits for a slot without holding pixels.
  return { ...master, fresh: false, image: () => decodeMaster(master.facts, master.bytes) }
}

/** @param base the master of the previous passes; `undefined` for a single pass */
async function makeMaster(
  key: string,
  { source, upscaler, passes }: MasterOrder,
  header: Header,
  base: Master | undefined,
  context: WorkContext,
): Promise<Master> {
  context.emit({ type: 'start', name: source.name, width: header.width, height: header.height })
  const factor = passes.at(-1)!
  // A pass starts from the previous master; alpha always comes from the source.
  const decoded = base && !header.alpha ? undefined : await decodeSource(source, header)
  const begin = base ? await beginOf(base) : decoded!
  const given = base ? { ...source, digest: base.key, bytes: base.bytes, format: sniffFormat(base.bytes, source.name) } : source
  const givenHeader = base ? { ...header, alpha: begin.alpha !== undefined, plain: true } : header
  const { input, pixels, shrunk } = await fit(given, givenHeader, begin, upscaler.accepts)
  const result = await callUpscaler(upscaler, input, factor, source, context)
  const verified = await verify(result, pixels, upscaler.name, factor)
  if (shrunk) {
    context.emit({
      type: 'warning',
      name: source.name,
      message: `${begin.width}x${begin.height} is too large for the upscaler '${upscaler.name}' and was sent as ${pixels.width}x${pixels.height}: the result has the exact size, but less detail`,
    })
  }
  const upright = decoded ?? { width: header.width, height: header.height, alpha: undefined, grey: header.grey }
  const image = await rejoin(verified, upright, levelOf(passes))
  const kept = shrunk || image.alpha || image.grey ? undefined : lossyFile(result)
  const facts: MasterFacts = {
    upscaler: upscaler.name,
    width: image.width,
    height: image.height,
    grey: image.grey,
    ownPng: kept === undefined,
    shrunk: shrunk || (base?.facts.shrunk ?? false),
    source: { width: header.width, height: header.height },
    image: imageOrigin(source),
  }
  const bytes = kept ?? (await encode(image, 'png', 100))
  await context.cache.put(key, { meta: { ...facts }, bytes })
  return { key, facts, bytes, fresh: true, image: async () => image }
}

/** The pixels of a previous pass, with the colour of transparent pixels filled in again. */
async function beginOf(base: Master): Promise<Image> {
  const image = await base.image()
  if (image.alpha) await bleed(image.rgb, image.alpha, image.width, image.height)
  return image
}

async function callUpscaler(
  upscaler: Upscaler,
  input: Parameters<Upscaler['upscale']>[0],
  factor: number,
  source: Source,
  { cache, log, signal, emit }: WorkContext,
): Promise<unknown> {
  if (signal.aborted) throw new HdError('HD_ABORTED', 'cancelled before upscaling', { file: source.name })
  emit({ type: 'upscaled', name: source.name, upscaler: upscaler.name, metered: upscaler.metered ?? false })
  const context: UpscaleContext = {
    signal,
    log,
    factor,
    memo: cache.memo(upscaler.name),
    onProgress: (fraction: number) => {
      if (fraction >= 0) emit({ type: 'progress', name: source.name, fraction: Math.min(fraction, 1) })
    },
  }
  try {
    return await upscaler.upscale(input, context)
  } catch (cause) {
    if (signal.aborted) throw new HdError('HD_ABORTED', 'cancelled while upscaling', { file: source.name, cause })
    throw toHdError(cause, 'HD_UPSCALE_FAILED', `the upscaler '${upscaler.name}' failed`, { file: source.name })
  }
}

/** A delivered JPEG or WebP is kept as it is; everything else is stored losslessly as PNG. */
function lossyFile(result: unknown): Uint8Array | undefined {
  if (!(result instanceof Uint8Array)) return undefined
  const head = Buffer.from(result.subarray(0, 12)).toString('latin1')
  return head.startsWith('\xff\xd8\xff') || (head.startsWith('RIFF') && head.endsWith('WEBP')) ? result : undefined
}
