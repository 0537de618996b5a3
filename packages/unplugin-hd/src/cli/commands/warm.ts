import {
  createHd,
  formatError,
  HdError,
  isHdError,
  visible,
  visibleJson,
  type Hd,
  type HdContext,
  type Traffic,
} from '@unplugin-hd/core'
import { formatTime, formatTraffic } from '../../progress/text.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { parseTime } from '../parser/values.ts'
import { readProject } from '../project.ts'
import { QUEUE_FLAG, queueUrl } from '../queue/open-queue.ts'
import { count } from '../table.ts'
import { makeByQueue } from '../warm/by-queue.ts'
import { collectImages, collectReferences } from '../warm/collect.ts'
import { estimateMs } from '../warm/estimate.ts'
import { makeMissing } from '../warm/make.ts'
import { survey } from '../warm/survey.ts'

/** Time to start machines, in milliseconds. */
const WAIT_MS = 10 * 60_000

export const warmCommand: Command = defineCommand({
  name: 'warm',
  summary: 'make all images of the project in advance, for later builds',
  usage: '[files, folders, globs…] [options]',
  text: [
    "Without arguments it makes every `?hd` reference in the project's scripts, components, stylesheets, pages and Markdown, with the plugin's options and the bundler's paths (aliases, packages, public folder). Afterwards a build with `mode: 'cache-only'` finds them all.",
    'Ctrl-C or a crash loses only the images in progress: run it again to continue.',
    "With --queue the upscaling is done by `hd worker` on other machines; sources and results travel through 'cache.remote'.",
  ],
  takes: { what: 'an image', min: 0, max: Infinity },
  flags: {
    query: { type: 'string', value: '<query>', text: "the query for images given as arguments (default '?hd')" },
    'dry-run': {
      type: 'boolean',
      text: 'only show how many images would be made, the maximum of metered calls, and the estimated time',
    },
    queue: QUEUE_FLAG,
    wait: { type: 'string', value: '<time>', text: 'with --queue: how long there may be no worker (default 10m)' },
    check: { type: 'boolean', text: 'make nothing; list missing images, with exit status 1' },
  },
  examples: [
    ['warm', 'before a cache-only build, or as a CI step'],
    ["warm 'public/**/*.jpg' --query '?hd&as=picture'", 'images that no file of the project references'],
  ],
  async run(
    { arguments: words, flags: { query, check = false, 'dry-run': dryRun = false, queue, wait, json, config } },
    context,
  ) {
    const { stdout, stderr, signal } = context
    if (query !== undefined && words.length === 0) throw refuse('--query needs images as arguments', this)
    const url = queueUrl(queue)
    const waitMs = parseTime('--wait', wait) ?? WAIT_MS
    const project = await readProject(context, config)
    const options = { ...project.options, mode: 'on' as const, onError: 'fail' as const }
    const collected =
      words.length > 0 ? await collectImages(words, query ?? '?hd', context.cwd) : await collectReferences(project)
    const say = (message: string): void => void stderr.write(`${visible(message)}\n`)
    const hdContext: HdContext = {
      log: { debug: () => undefined, info: say, warn: say },
      onEvent: (event) => event.type === 'warning' && say(`${event.name}: ${event.message}`),
    }
    const hd: Hd = createHd(options, hdContext)
    const traffic: Traffic[] = []
    const abort = (): void => hd.abort()
    signal.addEventListener('abort', abort)
    try {
      const { images, missing, failures } = await survey(hd, collected.wanted, signal)
      const megapixels = missing.reduce((sum, each) => sum + each.megapixels, 0)
      const metered = missing.reduce((sum, each) => sum + each.metered, 0)
      for (const each of collected.unresolved) say(`${each}: file not found`)
      const problems = [...collected.failures, ...failures]
      const report = { images, missing: missing.map(({ name }) => name), megapixels, metered, unresolved: collected.unresolved }
      const found = `${count(images, 'image')}: ${images - missing.length - failures.length} in the cache, ${missing.length} missing (${megapixels.toFixed(1)} MP${metered > 0 ? `, at most ${metered} metered calls` : ''})`
      if (check || dryRun) {
        const ms = dryRun && missing.length > 0 ? await estimateMs(options, megapixels) : undefined
        for (const each of problems) say(each)
        const ok = problems.length === 0 && (!check || missing.length === 0)
        if (json)
          stdout.write(
            `${visibleJson({ ok, ...report, failures: problems, ...(ms === undefined ? {} : { ms: Math.round(ms) }) })}\n`,
          )
        else {
          for (const { name } of missing) stdout.write(`${visible(name)}\n`)
          stdout.write(`${found}${ms === undefined ? '' : `, about ${formatTime(ms)}`}\n`)
        }
        return ok ? 0 : 1
      }
      const result =
        url === undefined || missing.length === 0
          ? await makeMissing(hd, missing, context)
          : await makeByQueue(project, missing, { url, waitMs, hdContext, store: hd.store, traffic }, context)
      if (signal.aborted) {
        throw new HdError('HD_ABORTED', `cancelled: ${result.made} of ${missing.length} images were made`, {
          remedy: 'Run it again to continue',
        })
      }
      problems.push(...result.failures)
      for (const each of problems) say(each)
      if (json) stdout.write(`${visibleJson({ ok: problems.length === 0, ...report, made: result.made, failures: problems })}\n`)
      else
        stdout.write(
          `${count(images, 'image')}: ${images - missing.length - failures.length} already in the cache, ${result.made} made${problems.length > 0 ? `, ${problems.length} failed` : ''}\n`,
        )
      return problems.length === 0 ? 0 : 1
    } catch (error) {
      if (signal.aborted && isHdError(error) && error.code === 'HD_ABORTED' && !error.remedy)
        throw new HdError('HD_ABORTED', formatError(error), { remedy: 'Run it again to continue' })
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      await hd.close()
      const remote = formatTraffic(sumOf([...traffic, hd.store.traffic?.()]))
      if (remote) say(remote)
    }
  },
})

function sumOf(all: readonly (Traffic | undefined)[]): Traffic {
  const sum = { fetched: 0, fetchedBytes: 0, sent: 0, sentBytes: 0 }
  for (const each of all)
    for (const key of ['fetched', 'fetchedBytes', 'sent', 'sentBytes'] as const) sum[key] += each?.[key] ?? 0
  return sum
}
