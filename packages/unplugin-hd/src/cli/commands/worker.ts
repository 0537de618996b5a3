import { visible, visibleJson } from '@unplugin-hd/core'
import { formatTime } from '../../progress/text.ts'
import { remoteOf } from '../cache/remote.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { parseCount, parseRate, parseTime } from '../parser/values.ts'
import { readProject } from '../project.ts'
import { loadQueue, QUEUE_FLAG, queueUrl } from '../queue/open-queue.ts'
import { count } from '../table.ts'

/** Long enough for short stalls of a machine, in milliseconds. */
const LOCK_MS = 30_000

export const workerCommand: Command = defineCommand({
  name: 'worker',
  summary: 'make images that hd warm --queue asks for, on any number of machines',
  usage: '--queue <url> [options]',
  text: [
    "Takes jobs from the queue, gets their sources from 'cache.remote', makes the images with the plugin's options, and sends them there. It needs the right to write there, and the same upscalers in the same versions as 'hd warm': jobs for other ones are left to other workers.",
    'Ctrl-C or SIGTERM ends it with status 0: jobs at work are finished, or given back after a few seconds. The jobs of a worker that was killed are taken over by the others.',
  ],
  flags: {
    queue: QUEUE_FLAG,
    concurrency: { type: 'string', value: '<number>', text: "jobs at the same time (default: the option 'concurrency')" },
    rate: {
      type: 'string',
      value: '<jobs/time>',
      text: 'the most jobs that all workers together begin, such as 100/d or 5/10s, for metered upscalers; give it to every worker',
    },
    lock: {
      type: 'string',
      value: '<time>',
      text: 'how long an upscaler of your own may keep the process busy; the jobs of a killed worker wait as long (default 30s)',
    },
    idle: { type: 'string', value: '<time>', text: 'end when there was nothing to do for so long (default: never)' },
  },
  examples: [['worker --queue redis://queue.example.com --idle 5m', 'a worker that ends by itself']],
  async run({ flags: { queue, concurrency, rate, lock, idle, json, config } }, context) {
    const { stdout, stderr, signal } = context
    const url = queueUrl(queue)
    if (url === undefined) throw refuse('--queue is missing, and UNPLUGIN_HD_QUEUE is not set', this)
    const say = (message: string): void => void stderr.write(`${visible(message)}\n`)
    const project = await readProject(context, config)
    const { options, root } = project
    const limit = parseRate('--rate', rate)
    const jobs = parseCount('--concurrency', concurrency, 256) ?? options.concurrency
    const lockMs = parseTime('--lock', lock) ?? LOCK_MS
    const idleMs = parseTime('--idle', idle)
    const metered = options.upscalers.find((upscaler) => upscaler.metered)
    if (metered && !limit)
      say(`'${metered.name}' is metered, and its own limits count for each worker alone: set --rate for all of them`)
    const remote = remoteOf(project, context)
    const { runWorker } = await loadQueue(root)
    const summary = await runWorker({
      url,
      root,
      options,
      remote,
      concurrency: jobs,
      rate: limit,
      lockMs,
      idleMs,
      signal,
      log: { debug: () => undefined, info: say, warn: say },
      onEvent: (event) => event.type === 'warning' && say(`${event.name}: ${event.message}`),
      onDone: (name, ms) => say(`${name}: done, ${formatTime(ms)}`),
    })
    const { done, failed, givenBack } = summary
    if (json) stdout.write(`${visibleJson({ ok: true, ...summary })}\n`)
    else
      stdout.write(
        `${count(done, 'job')} done${failed > 0 ? `, ${failed} failed` : ''}${givenBack > 0 ? `, ${givenBack} given back` : ''}\n`,
      )
    return 0
  },
})
