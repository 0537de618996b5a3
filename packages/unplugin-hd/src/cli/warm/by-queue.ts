import {
  createAbortController,
  createHd,
  formatError,
  Gate,
  HdError,
  isHdError,
  ofFile,
  recipeOf,
  type Hd,
  type HdContext,
  type HdEvent,
  type Store,
  type Traffic,
} from '@unplugin-hd/core'
import { createBar } from '../../progress/bar.ts'
import { makersOf } from '../../shape/makers.ts'
import { createShape } from '../../shape/shape.ts'
import { remoteOf } from '../cache/remote.ts'
import type { CliContext } from '../context.ts'
import type { Project } from '../project.ts'
import { loadQueue } from '../queue/open-queue.ts'
import { count } from '../table.ts'
import type { Made } from './make.ts'
import type { MissingImage } from './survey.ts'

const SOURCES_AT_ONCE = 8

export interface QueueOptions {
  url: string
  /** So long there may be no worker, in milliseconds. */
  waitMs: number
  hdContext: HdContext
  /** Where the images were missing. */
  store: Store
  /** What was fetched and sent is added here. */
  traffic: Traffic[]
}

/**
 * Has the masters of missing images made by workers, and fetches what they make. If one fails, the others are still made.
 * @throws HdError `HD_OPTION` without a remote cache, `HD_REMOTE` when it is read-only, `HD_QUEUE` when there is no queue or worker
 */
export async function makeByQueue(
  project: Project,
  missing: readonly MissingImage[],
  { url, waitMs, hdContext, store, traffic }: QueueOptions,
  context: CliContext,
): Promise<Made> {
  const remote = remoteOf(project, context)
  const { openWarmQueue, nameOf, sendSource } = await loadQueue(project.root)
  await remote.assertWritable()
  const { options } = project
  const { signal, stderr } = context
  const say = hdContext.log.info
  const queue = await openWarmQueue({ url, root: project.root, recipe: recipeOf(options.upscalers), waitMs, signal, say })
  say(`${count(missing.length, 'image')} to be made by workers at ${queue.location}`)
  const bar = createBar(
    stderr,
    missing.length,
    missing.reduce((sum, { megapixels }) => sum + megapixels, 0),
  )
  const result: Made = { made: 0, failures: [] }

  const sources = new Gate(SOURCES_AT_ONCE)
  const results = new Gate(2 * options.concurrency)
  // Of the many images that wait, each adds a listener.
  const controller = createAbortController()
  const onAbort = (): void => controller.abort()
  signal.addEventListener('abort', onAbort, { once: true })

  const addTraffic = (one: Store): void => {
    const counted = one.traffic?.()
    if (counted) traffic.push(counted)
  }

  /** The last order for each source, by its digest. */
  const turns = new Map<string, Promise<void>>()

  /** @param isAgain its masters are not there, although something may be */
  const order = async (hd: Hd, { file, masters }: MissingImage, isAgain: boolean): Promise<void> => {
    const wanted: string[] = []
    for (const key of masters.keys()) if (isAgain || !(await store.has(key))) wanted.push(key)
    if (wanted.length === 0) return
    // The bytes are not kept while the image waits.
    const { digest, name } = await inside(sources, controller.signal, async () => {
      const source = await hd.source(file)
      await sendSource(remote, source, isAgain)
      return { digest: source.digest, name: nameOf(source) }
    })
    // One after the other, also for copies of a file: two workers would make the same first pass of 2x and 4x.
    const before = turns.get(digest)
    const turn = (async () => {
      await before?.catch(() => undefined)
      for (const key of wanted) await queue.make(key, { digest, name, images: masters.get(key)! })
    })()
    turns.set(digest, turn)
    await turn
  }

  const fetch = (hd: Hd, { file, requests }: MissingImage): Promise<void> =>
    inside(results, controller.signal, async () => {
      const source = await hd.source(file)
      for (const request of requests) await createShape(makersOf(hd), source, request)
    })

  const fallbacks = new Set<string>()
  const onEvent = (event: HdEvent): void => {
    hdContext.onEvent?.(event)
    if (event.type !== 'done' || !event.image.provisional || fallbacks.has(event.name)) return
    fallbacks.add(event.name)
    say(`${event.name}: made by '${event.image.upscaler}', because '${options.upscalers[0]!.name}' failed at the worker`)
  }

  /** @returns images whose masters did not arrive */
  const run = async (images: readonly MissingImage[], isAgain: boolean): Promise<MissingImage[]> => {
    const lacking: MissingImage[] = []
    // A new one, because a store remembers what was not there.
    const hd = createHd({ ...options, mode: 'cache-only', onError: 'fail' }, { ...hdContext, onEvent })
    controller.signal.addEventListener('abort', () => hd.abort(), { once: true })
    const make = async (image: MissingImage): Promise<void> => {
      try {
        await order(hd, image, isAgain)
        await fetch(hd, image)
        result.made++
      } catch (error) {
        if (!isHdError(error)) throw error
        if (queue.reason) return
        if (error.code === 'HD_CACHE_MISS') return void lacking.push(image)
        result.failures.push(formatError(error.file === undefined ? ofFile(error, image.name) : error))
      }
      bar.tick(image.megapixels)
    }
    try {
      await Promise.all(images.map(make))
    } finally {
      await hd.close()
      addTraffic(hd.store)
    }
    return lacking
  }

  try {
    let left = await run(missing, false)
    if (left.length > 0 && !queue.reason) left = await run(left, true)
    if (queue.reason && !signal.aborted) throw queue.reason
    for (const { name, megapixels } of left) {
      result.failures.push(formatError(ofFile(NOT_THERE, name)))
      bar.tick(megapixels)
    }
  } finally {
    bar.clear()
    signal.removeEventListener('abort', onAbort)
    await queue.close()
    await remote.flush?.()
    addTraffic(remote)
  }
  return result
}

const NOT_THERE = new HdError('HD_QUEUE', 'what a worker made of it was refused, or is not in the remote cache', {
  remedy: 'See the warnings, and what the workers say',
})

async function inside<T>(gate: Gate, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const leave = await gate.enter(signal)
  try {
    return await work()
  } finally {
    leave()
  }
}
