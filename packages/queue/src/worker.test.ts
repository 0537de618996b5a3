import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createHd,
  loadSharp,
  resolveOptions,
  recipeOf,
  toSource,
  type HdEvent,
  type Pixels,
  type RemoteStore,
  type ResolvedOptions,
  type Source,
  type Upscaler,
} from '@unplugin-hd/core'
import { Queue, QueueEvents } from 'bullmq'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createRemoteCache } from '../../remote-cache/src/remote-cache.ts'
import { objectServer, type ObjectServer } from '../../remote-cache/src/testing/object-server.ts'
import { freePort, isInstalled, startProgram } from '../../remote-cache/src/testing/programs.ts'
import { PREFIX } from './connection.ts'
import { queueName } from './fleet.ts'
import type { JobData } from './job-data.ts'
import { sendSource } from './sources.ts'
import { runWorker, type WorkerContext, type WorkerSummary } from './worker.ts'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** An upscaler that repeats pixels, after `wait`. */
function repeater(wait: (signal: AbortSignal) => Promise<void> | void = () => undefined, metered = false): Upscaler {
  return {
    name: 'own',
    version: '1',
    metered,
    async upscale(image, { signal }) {
      await wait(signal)
      const { width, height, data } = await image.pixels()
      const out = new Uint8Array(12 * width * height).map((_, at) => {
        const [x, y] = [Math.trunc(at / 3) % (2 * width), Math.trunc(at / 6 / width)]
        return data[3 * (Math.trunc(y / 2) * width + Math.trunc(x / 2)) + (at % 3)]!
      })
      return { width: 2 * width, height: 2 * height, data: out } satisfies Pixels
    },
  }
}

interface Setting {
  server: ObjectServer
  queue: Queue
  /** A machine with its own cache folder. */
  machine(upscaler?: Upscaler): Promise<Machine>
  /** The reason for which a job failed; `undefined`: it is done. */
  ended(id: string): Promise<string | undefined>
}

interface Machine {
  remote: RemoteStore
  upscaled: string[]
  warnings: string[]
  /** Sends a source and what a job for it says. */
  order(seed: number): Promise<{ key: string; data: JobData }>
  /** Works until it is stopped. */
  work(context?: Partial<WorkerContext>): { ended: Promise<WorkerSummary>; stop(): void }
}

async function setting(): Promise<Setting> {
  const port = await freePort()
  await startProgram('redis-server', ({ folder }) => ['--port', String(port), '--dir', folder, '--save', ''], port)
  const server = await objectServer()
  const name = queueName(recipeOf([repeater()]))
  const shared = { connection: { port }, prefix: PREFIX }
  const [queue, events] = [new Queue(name, shared), new QueueEvents(name, shared)]
  await events.waitUntilReady()
  onTestFinished(async () => void (await Promise.all([queue.close(), events.close()])))
  const reasons = new Map<string, string | undefined>()
  events.on('completed', ({ jobId }) => void reasons.set(jobId, undefined))
  events.on('failed', ({ jobId, failedReason }) => void reasons.set(jobId, failedReason))
  return {
    server,
    queue,
    machine: (upscaler = repeater()) => createMachine(`redis://127.0.0.1:${port}`, server.url, upscaler),
    async ended(id) {
      await vi.waitUntil(() => reasons.has(id), { timeout: 20_000 })
      return reasons.get(id)
    },
  }
}

async function createMachine(url: string, remoteUrl: string, upscaler: Upscaler): Promise<Machine> {
  const root = await mkdtemp(path.join(tmpdir(), 'hd-worker-'))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  const options: ResolvedOptions = resolveOptions(
    { upscaler, cache: { dir: 'cache', remote: remoteUrl } },
    {
      root,
      env: {},
      defaultUpscaler: repeater,
      remote: (described, place) => (log) => createRemoteCache(described, { ...place, log }),
    },
  )
  const warnings: string[] = []
  const upscaled: string[] = []
  const onEvent = (event: HdEvent): void => void (event.type === 'upscaled' && upscaled.push(event.name))
  const log = { ...SILENT, warn: (text: string) => void warnings.push(text) }
  const remote = options.cache.remote!(log)
  return {
    remote,
    upscaled,
    warnings,
    async order(seed) {
      const source = await sourceOf(seed)
      await sendSource(remote, source, false)
      const key = createHd(options, { log }).job(source).masterKey
      return { key, data: { digest: source.digest, name: source.name, images: [{ factor: 2, format: 'webp', quality: 80 }] } }
    },
    work(context = {}) {
      const controller = new AbortController()
      const { signal } = controller
      const given = { url, root, options, remote, concurrency: 1, lockMs: 10_000, signal, log, onEvent, ...context }
      return { ended: runWorker(given), stop: () => controller.abort() }
    },
  }
}

async function sourceOf(seed: number): Promise<Source> {
  const sharp = await loadSharp()
  const data = Uint8Array.from({ length: 12 * 8 * 3 }, (_, at) => (at * 3 + 17 * seed) % 256)
  const png = sharp(data, { raw: { width: 12, height: 8, channels: 3 } }).png()
  return toSource(await png.toBuffer(), `src/${seed}.png`)
}

describe.skipIf(!isInstalled('redis-server'))('a worker (skipped without redis-server)', () => {
  test('refuses jobs that are not what they say, and goes on', async () => {
    const { queue, machine, server, ended } = await setting()
    const worker = await machine()
    const [good, other] = [await worker.order(1), await worker.order(2)]
    const gone = await sourceOf(3)
    const before = new Set(server.objects.keys())
    const third = await worker.order(3)
    const sent = [...server.objects.keys()].find((each) => !before.has(each))
    // The source of another image where this one is looked for.
    server.objects.set(sent!, server.objects.get([...before][0]!)!)
    const jobs: [id: string, data: unknown][] = [
      ['1'.repeat(64), { digest: good.data.digest, name: '/etc/passwd', images: good.data.images }],
      ['2'.repeat(64), 'no object'],
      ['3'.repeat(64), good.data],
      [other.key, { ...other.data, digest: good.data.digest }],
      [third.key, { ...third.data, digest: gone.digest }],
    ]
    for (const [jobId, data] of jobs) await queue.add('master', data, { jobId, removeOnFail: true })
    const { ended: end, stop } = worker.work()
    const reasons = await Promise.all(
      jobs.map(async ([id]) => JSON.parse((await ended(id))!) as { code: string; message: string }),
    )
    expect(reasons.map(({ code }) => code)).toEqual(['HD_QUEUE', 'HD_QUEUE', 'HD_QUEUE', 'HD_QUEUE', 'HD_REMOTE'])
    expect(reasons[2]!.message).toContain('its master is not what this worker would make')
    await queue.add('master', good.data, { jobId: good.key })
    expect(await ended(good.key)).toBeUndefined()
    stop()
    expect(await end).toEqual({ done: 1, failed: 5, givenBack: 0 })
    expect(worker.upscaled).toEqual(['src/1.png'])
    expect(worker.warnings.join()).not.toContain('/etc/passwd')
  })

  test('gives a job back that it has not finished when it is stopped', async () => {
    const { queue, machine, ended } = await setting()
    let isAtWork = false
    const hanging = repeater((signal) => {
      isAtWork = true
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    })
    const [first, second] = [await machine(hanging), await machine()]
    const { key, data } = await second.order(1)
    await queue.add('master', data, { jobId: key })
    const working = first.work({ graceMs: 0 })
    await vi.waitUntil(() => isAtWork, { timeout: 20_000 })
    working.stop()
    expect(await working.ended).toEqual({ done: 0, failed: 0, givenBack: 1 })
    const { ended: end, stop } = second.work()
    expect(await ended(key)).toBeUndefined()
    stop()
    expect(await end).toEqual({ done: 1, failed: 0, givenBack: 0 })
  })

  test('makes nothing again when what it made was not sent', async () => {
    const { queue, machine, server, ended } = await setting()
    const worker = await machine(repeater(undefined, true))
    const { key, data } = await worker.order(1)
    let refusals = 3
    server.fault = ({ method }, response) => method === 'PUT' && refusals-- > 0 && response.writeHead(500).end()
    await queue.add('master', data, { jobId: key, attempts: 3 })
    const { ended: end, stop } = worker.work()
    expect(await ended(key)).toBeUndefined()
    stop()
    expect(await end).toEqual({ done: 1, failed: 0, givenBack: 0 })
    expect(worker.upscaled).toHaveLength(1)
    expect(worker.warnings.join('\n')).toMatch(/HTTP 500 for PUT.*\(HD_REMOTE\); it will be tried again/)
    // The source, the master and the image.
    expect(server.objects.size).toBe(3)
  })

  test('says when an upscaler kept it too busy to keep its job, which is made once all the same', async () => {
    const { queue, machine, ended } = await setting()
    const worker = await machine(
      repeater(() => {
        const end = performance.now() + 900
        while (performance.now() < end);
      }),
    )
    const { key, data } = await worker.order(1)
    await queue.add('master', data, { jobId: key, attempts: 3 })
    const { ended: end, stop } = worker.work({ lockMs: 400 })
    expect(await ended(key)).toBeUndefined()
    await vi.waitUntil(async () => (await queue.getJobCounts('active', 'waiting'))['active'] === 0, { timeout: 20_000 })
    stop()
    await end
    expect(worker.upscaled).toHaveLength(1)
    expect(worker.warnings.join('\n')).toContain(
      'its lock was not renewed for 0.4 s (--lock): the upscaler kept the process busy',
    )
  })

  test('begins no more jobs than the rate of all workers together', async () => {
    const { queue, machine, ended } = await setting()
    const workers = [await machine(), await machine()]
    const orders = [
      await workers[0]!.order(1),
      await workers[0]!.order(2),
      await workers[0]!.order(3),
      await workers[0]!.order(4),
    ]
    const working = workers.map((each) => each.work({ rate: { max: 2, duration: 3_600_000 } }))
    for (const { key, data } of orders) await queue.add('master', data, { jobId: key })
    await Promise.all(orders.slice(0, 2).map(({ key }) => ended(key)))
    await vi.waitUntil(async () => (await queue.getRateLimitTtl(2)) > 0, { timeout: 20_000 })
    for (const { stop } of working) stop()
    const summaries = await Promise.all(working.map(({ ended: end }) => end))
    expect(summaries.reduce((sum, { done }) => sum + done, 0)).toBe(2)
    expect((await queue.getJobCounts('waiting', 'prioritized', 'active'))['waiting']).toBe(2)
  })
})
