import {
  createHd,
  DiskStore,
  formatError,
  HdError,
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
import { endWithin, untilStopped } from './stopping.ts'
import { workerStore } from './worker-store.ts'

/** Less than container engines wait before they kill. */
const GRACE_MS = 8000

/** Then the worker ends without Redis, should it not answer. */
const END_MS = 3000

/** A job whose workers ended so often is not tried again: it may be the reason. */
const MAX_STALLED = 3

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

  const connection = await connect(context, (message) => log.warn(message), signal)
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

  const shared = { connection: redis, prefix: PREFIX }
  const queue = new bullmq.Queue(queueName(recipe), shared)
  queue.on('error', () => undefined)
  const isQueueEmpty = async (): Promise<boolean> => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
    return Object.values(counts).every((count) => count === 0)
  }
  const worker = new bullmq.Worker(
    queueName(recipe),
    async (job, token) => {
      atWork++
      return work(job, token).finally(() => atWork--)
    },
    {
      ...shared,
      autorun: false,
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
      `a job was lost, because its lock was not renewed for ${lockMs / 1000} s (--lock): the upscaler kept the process busy, or Redis did not answer. Another worker may make the same image`,
    ),
  )
  const told = new Set<string>()
  worker.on('error', (error) => {
    const text = explain(error)
    // Lost connections and locks are told by others.
    if (connection.isLost(error) || /\block for job\b/.test(text) || told.has(text)) return
    told.add(text)
    log.warn(`the queue ${connection.location}: ${text} (HD_QUEUE)`)
  })

  try {
    await worker.waitUntilReady().catch((error: unknown) => {
      throw new HdError('HD_QUEUE', `the queue ${connection.location} cannot be used: ${explain(error)}`)
    })
    const leave = await announce(redis, recipe)
    try {
      log.info(`takes jobs for ${recipe.text} from ${connection.location}`)
      const running = worker.run().catch((error: unknown) => {
        throw new HdError('HD_QUEUE', `the queue ${connection.location} cannot be used any more: ${explain(error)}`)
      })
      await Promise.race([running, untilStopped({ signal, idleMs: context.idleMs, isAtWork: () => atWork > 0, isQueueEmpty })])
    } finally {
      leave()
    }
    const giveBack = (): void => {
      isGivingBack = true
      hd.abort()
    }
    await endWithin(worker.close(), context.graceMs ?? GRACE_MS, giveBack, END_MS)
  } finally {
    connection.close()
    await hd.close()
  }
  return summary
}
