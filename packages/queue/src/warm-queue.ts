import { abortError, HdError, type Recipe } from '@unplugin-hd/core'
import { connect, PREFIX, type Place } from './connection.ts'
import { readFailure } from './failure.ts'
import { fleetOf, queueName } from './fleet.ts'
import type { JobData } from './job-data.ts'
import { PendingJobs } from './pending-jobs.ts'

/** How often the queue is asked for workers, and for jobs whose end was not heard of, in milliseconds. */
const LOOK_MS = 1000

/** So many jobs are looked up each time. */
const LOOK_UP = 200

/** When no worker is there, it is said after so long, in milliseconds. */
const PATIENCE_MS = 5000

/** So long the end waits for Redis, in milliseconds. */
const END_MS = 3000

const JOB_OPTIONS = {
  // About two minutes, so that the remote cache may be away for a while.
  attempts: 8,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  // The remote cache says what is done: Redis keeps only what is to be done.
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
} as const

export interface WarmContext extends Place {
  recipe: Recipe
  /** So long there may be no worker, in milliseconds. */
  waitMs: number
  /** Ends the waiting when aborted. */
  signal: AbortSignal
  say: (message: string) => void
}

export interface WarmQueue {
  /** Where it is, for messages. */
  readonly location: string
  /**
   * Orders a master, unless it is ordered already, and resolves when its job has ended.
   * @throws HdError of the worker; the {@link reason}
   */
  make(key: string, data: JobData): Promise<void>
  /** Why nothing is waited for any more: `HD_QUEUE` when there is no worker, `HD_ABORTED`; `undefined` while it is. */
  readonly reason: HdError | undefined
  /** Takes back jobs that nothing has begun. */
  close(): Promise<void>
}

/** @throws HdError `HD_QUEUE` when it cannot be reached */
export async function openWarmQueue({ recipe, waitMs, signal, say, ...place }: WarmContext): Promise<WarmQueue> {
  const connection = await connect(place, say, signal)
  const { bullmq, redis, location } = connection
  const name = queueName(recipe)
  const shared = { connection: redis, prefix: PREFIX }
  const queue = new bullmq.Queue(name, shared)
  const events = new bullmq.QueueEvents(name, shared)
  const pending = new PendingJobs()
  /** Jobs that are not waited for any more, to take them back. */
  let left: string[] = []
  let reason: HdError | undefined
  let seenAt = performance.now()
  let isTold = false
  let others: string[] = []
  /** What keeps it from looking. */
  let problem: string | undefined

  // Redis is asked again until it answers; the connection tells what is wrong.
  queue.on('error', () => undefined)
  events.on('error', () => undefined)
  events.on('completed', ({ jobId }) => pending.settle(jobId))
  events.on('failed', ({ jobId, failedReason }) => pending.settle(jobId, readFailure(failedReason)))

  const noWorker = (): string =>
    `no worker for ${recipe.text} is at the queue ${location}${others.length > 0 ? ` (there are some for ${others.join(' and ')})` : ''}`

  const lookForWorkers = async (): Promise<void> => {
    const fleet = await fleetOf(redis, recipe)
    others = fleet.others
    problem = undefined
    if (fleet.isThere) {
      seenAt = performance.now()
      isTold = false
    } else if (!isTold && performance.now() - seenAt >= PATIENCE_MS) {
      isTold = true
      say(`${noWorker()}; waiting for one. Start it with the options of this project: \`hd worker\``)
    }
  }

  const look = async (): Promise<void> => {
    await lookForWorkers()
    // Events may be lost with a connection.
    await pending.lookUp(LOOK_UP, async (key) => (await queue.getJob(key)) !== undefined)
  }

  const giveUp = (error: HdError): void => {
    reason ??= error
    left = [...left, ...pending.giveUp(reason)]
  }
  const onAbort = (): void => giveUp(abortError(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()

  const tooLong = (): HdError => {
    const trouble = connection.trouble() ?? problem
    const what = trouble === undefined ? noWorker() : `the queue ${location} does not answer: ${trouble}`
    return new HdError('HD_QUEUE', `${what}, since ${Math.round(waitMs / 1000)} s`, {
      remedy: 'Start `hd worker` with the same options and versions, or warm up without --queue',
    })
  }

  let looking: Promise<void> | undefined
  const timer = setInterval(() => {
    if (performance.now() - seenAt > waitMs) giveUp(tooLong())
    looking ??= look()
      .catch((error: unknown) => void (problem = connection.explain(error)))
      .finally(() => (looking = undefined))
  }, LOOK_MS)

  const order = (key: string, data: JobData): Promise<void> => {
    const ended = pending.add(key)
    queue.add('master', data, { ...JOB_OPTIONS, jobId: key }).then(
      () => pending.queued(key),
      (error) =>
        pending.settle(key, new HdError('HD_QUEUE', `the queue ${location} did not take the job: ${connection.explain(error)}`)),
    )
    return ended
  }

  return {
    location,
    get reason() {
      return reason
    },
    async make(key, data) {
      if (reason) throw reason
      await (pending.waitFor(key) ?? order(key, data))
    },
    async close() {
      clearInterval(timer)
      signal.removeEventListener('abort', onAbort)
      giveUp(new HdError('HD_ABORTED', 'the queue was closed'))
      await within(END_MS, async () => {
        await Promise.all(left.map((key) => queue.remove(key)))
        await Promise.all([queue.close(), events.close()])
      })
      connection.close()
    },
  }
}

/** Waits for work that Redis may never answer. */
async function within(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([work().catch(() => undefined), over])
  clearTimeout(timer)
}
