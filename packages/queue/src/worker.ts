import {
  createHd,
  DiskStore,
  formatError,
  recipeOf,
  toHdError,
  type HdEvent,
  type Logger,
  type RemoteStore,
  type ResolvedOptions,
} from '@unplugin-hd/core'
import type { Job } from 'bullmq'
import { connect, PREFIX, type Place } from './connection.ts'
import { isWorthRetrying, writeFailure } from './failure.ts'
import { announce, queueName } from './fleet.ts'
import { makeMaster } from './make.ts'
import { workerStore } from './worker-store.ts'

/** Less than container engines wait before they kill. */
const GRACE_MS = 8000

/** Then the worker ends without Redis, should it not answer. */
const END_MS = 3000

/** A job whose workers ended so often is not tried again: it may be the reason. */
const MAX_STALLED = 3

const IDLE_CHECK_MS = 250

export interface Rate {
  /** So many jobs, of all workers together, ... */
  max: number
  /** ... in so many milliseconds. */
  duration: number
}

export interface WorkerContext extends Place {
  options: ResolvedOptions
  remote: RemoteStore
  /** Jobs at the same time. */
  concurrency: number
  /** Of the whole fleet; each worker needs the same. */
  rate?: Rate | undefined
  /** So long a worker may say nothing before its jobs go to others, in milliseconds. */
  lockMs: number
  /** Ends when there was nothing to do for so long, in milliseconds. @default never */
  idleMs?: number | undefined
  /** When it is stopped, jobs at work have so long to finish before they are given back, in milliseconds. @default 8000 */
  graceMs?: number
  /** Ends the worker when aborted. */
  signal: AbortSignal
  log: Logger
  onEvent?: (event: HdEvent) => void
  /** A job is done. @param ms it took */
  onDone?: (name: string, ms: number) => void
}

export interface WorkerSummary {
  done: number
  failed: number
  /** For other workers, because this one was stopped. */
  givenBack: number
}

/**
 * Takes jobs from the queue until it is stopped.
 * @throws HdError `HD_REMOTE` when the remote cache is read-only, `HD_QUEUE` when the queue cannot be reached
 */
export async function runWorker(context: WorkerContext): Promise<WorkerSummary> {
  const { remote, log, signal, lockMs } = context
  await remote.assertWritable()
  const options = { ...context.options, mode: 'on' as const, onError: 'fail' as const }
  const recipe = recipeOf(options.upscalers)
  const isMetered = options.upscalers.some(({ metered }) => metered)
  const { dir, maxBytes, store: given } = options.cache
  const store = workerStore(given ?? new DiskStore(dir), remote)
  const hd = createHd(
    { ...options, cache: { dir, maxBytes, store } },
    { log, ...(context.onEvent && { onEvent: context.onEvent }) },
  )

  const connection = await connect(context, (message) => log.warn(message))
  const { redis, bullmq, explain } = connection
  const summary: WorkerSummary = { done: 0, failed: 0, givenBack: 0 }
  let isGivingBack = false
  let atWork = 0

  const work = async (job: Job, token: string | undefined): Promise<null> => {
    const begun = performance.now()
    try {
      const name = await makeMaster(job.id, job.data, { hd, store, remote })
      context.onDone?.(name, performance.now() - begun)
      summary.done++
      return null
    } catch (thrown) {
      if (isGivingBack) {
        await job.moveToWait(token)
        summary.givenBack++
        throw new bullmq.WaitingError()
      }
      const error = toHdError(thrown, 'HD_QUEUE', 'the worker failed')
      const Failure = isWorthRetrying(error, job.attemptsMade + 1, isMetered) ? Error : bullmq.UnrecoverableError
      throw Object.assign(new Failure(writeFailure(error)), { shown: formatError(error) })
    }
  }

  const worker = new bullmq.Worker(
    queueName(recipe),
    async (job, token) => {
      atWork++
      return work(job, token).finally(() => atWork--)
    },
    {
      connection: redis,
      prefix: PREFIX,
      concurrency: context.concurrency,
      ...(context.rate && { limiter: context.rate }),
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: MAX_STALLED,
    },
  )
  worker.on('failed', (job, error) => {
    const isLast = job === undefined || job.finishedOn !== undefined
    if (isLast) summary.failed++
    const { shown = explain(error) } = error as { shown?: string }
    log.warn(`${shown}${isLast ? '' : '; it will be tried again'}`)
  })
  worker.on('lockRenewalFailed', () =>
    log.warn(
      `the upscaler kept the process busy for longer than --lock (${lockMs / 1000} s), so other workers may make the same`,
    ),
  )
  worker.on('error', (error) => log.debug(explain(error)))

  try {
    await worker.waitUntilReady()
    const leave = await announce(redis, recipe)
    try {
      log.info(`takes jobs for ${recipe.text} from ${connection.location}`)
      await stopped()
    } finally {
      leave()
    }
    await end()
  } finally {
    connection.close()
    await hd.close()
  }
  return summary

  /** Resolves on request, or when there was nothing to do for long enough. */
  function stopped(): Promise<void> {
    const { idleMs } = context
    return new Promise((resolve) => {
      let busyAt = performance.now()
      let timer: NodeJS.Timeout | undefined
      const stop = (): void => {
        clearInterval(timer)
        resolve()
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      if (idleMs === undefined) return
      const queue = new bullmq.Queue(queueName(recipe), { connection: redis, prefix: PREFIX })
      queue.on('error', () => undefined)
      timer = setInterval(async () => {
        if (atWork > 0) busyAt = performance.now()
        if (performance.now() - busyAt < idleMs) return
        busyAt = performance.now()
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized').catch(() => undefined)
        if (counts && Object.values(counts).every((count) => count === 0)) stop()
      }, IDLE_CHECK_MS)
    })
  }

  /** Finishes what is at work, or gives it back. */
  async function end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const closing = worker.close()
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isGivingBack = true
        hd.abort()
        timer = setTimeout(resolve, END_MS)
      }, context.graceMs ?? GRACE_MS)
    })
    await Promise.race([closing, over])
    clearTimeout(timer)
  }
}
