import { pruneCache, removeEntries, verifyCache, visible, visibleJson, type InventoryItem } from '@unplugin-hd/core'
import { describeKind, entriesOf, formatAge, jsonOf, shortKey } from '../cache/facts.ts'
import { selectEntries } from '../cache/select.ts'
import { statisticsOf, type Share } from '../cache/statistics.ts'
import { createLiveLine } from '../../progress/live-line.ts'
import { createStyle, formatBytes } from '../../progress/text.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { parseTime, parseBytes } from '../parser/values.ts'
import { readProject } from '../project.ts'
import { alignColumns, count } from '../table.ts'

const ls = defineCommand({
  name: 'cache ls',
  summary: 'list the entries of the cache, most recently used first',
  usage: '[text] [options]',
  text: [
    'For each entry: last use, size, kind, dimensions, upscaler, key, and source image. A master is the lossless enlarged image from which the variants in all formats are encoded.',
    'With a text, lists only entries of images whose name contains it.',
  ],
  takes: { what: 'a text', min: 0, max: 1 },
  flags: {},
  examples: [['cache ls hero', 'everything made from hero.jpg']],
  async run({ arguments: [text], flags: { json, config } }, context) {
    const { options } = await readProject(context, config)
    const { dir } = options.cache
    const items = (await entriesOf(dir)).filter(({ image }) => text === undefined || image?.name.includes(text))
    if (json) context.stdout.write(`${visibleJson({ dir, entries: items.map(jsonOf) })}\n`)
    else
      context.stdout.write(
        linesOf(items)
          .map((line) => `${line}\n`)
          .join(''),
      )
    return 0
  },
})

const stats = defineCommand({
  name: 'cache stats',
  summary: 'show statistics by kind, upscaler and format',
  usage: '[options]',
  text: [],
  flags: {},
  examples: [],
  async run({ flags: { json, config } }, context) {
    const { options } = await readProject(context, config)
    const { dir, maxBytes } = options.cache
    const statistics = statisticsOf(await entriesOf(dir))
    if (json) {
      context.stdout.write(`${visibleJson({ dir, maxBytes, ...statistics })}\n`)
      return 0
    }
    const { entries, bytes, images, kinds, upscalers, formats, leastRecentlyUsed: oldest } = statistics
    const style = createStyle(context.stdout.isTTY === true)
    const part = (what: string, shares: Record<string, Share>): string[] => [
      '',
      style('bold', what),
      ...alignColumns(
        Object.entries(shares).map(([name, share]) => [
          `  ${visible(name)}`,
          count(share.entries, 'entry', 'entries'),
          formatBytes(share.bytes),
        ]),
        new Set([1, 2]),
      ),
    ]
    const lines = [
      visible(dir),
      `${count(entries, 'entry', 'entries')} of ${count(images, 'image')}, ${formatBytes(bytes)} of ${formatBytes(maxBytes)}`,
      ...(oldest === null ? [] : [`least recently used: ${formatAge(Date.now() - oldest)}`]),
      ...(entries === 0 ? [] : [...part('Kinds', kinds), ...part('Upscalers', upscalers), ...part('Formats', formats)]),
    ]
    context.stdout.write(`${lines.join('\n')}\n`)
    return 0
  },
})

const verify = defineCommand({
  name: 'cache verify',
  summary: 'read every entry and compare it with its digest',
  usage: '[--fix] [options]',
  text: [
    'Damaged entries do no harm: builds treat them as missing and make the images again. Exit status 1 if damaged entries were found and not deleted.',
  ],
  flags: { fix: { type: 'boolean', text: 'delete damaged entries' } },
  examples: [],
  async run({ flags: { fix = false, json, config } }, context) {
    const { options } = await readProject(context, config)
    const { dir } = options.cache
    const live = createLiveLine(context.stderr, context.stderr.isTTY !== true)
    const { checked, bytes, damaged, removed } = await verifyCache(dir, {
      fix,
      onChecked: (number) => live.show(`${number} entries`),
    }).finally(live.clear)
    const ok = removed === damaged.length
    if (json) context.stdout.write(`${visibleJson({ ok, dir, checked, bytes, damaged, removed })}\n`)
    else {
      const what = damaged.length === 0 ? 'all intact' : `${damaged.length} damaged${fix ? ', deleted' : ''}`
      context.stdout.write(`${count(checked, 'entry', 'entries')}, ${formatBytes(bytes)}: ${what}\n`)
      for (const { file } of damaged) context.stdout.write(`  ${visible(file)}\n`)
      if (!ok) context.stderr.write('`hd cache verify --fix` deletes them; builds make these images again\n')
    }
    return ok ? 0 : 1
  },
})

const prune = defineCommand({
  name: 'cache prune',
  summary: 'delete old entries, or those beyond a size',
  usage: '[--max-bytes <n>] [--unused-for <time>] [--dry-run] [options]',
  text: [
    "Without flags the limit is 'cache.maxBytes' of the configuration. Builds enforce it too, but they keep entries used in the last half hour; this command does not.",
  ],
  flags: {
    'max-bytes': { type: 'string', value: '<n>', text: 'keep at most this much, most recently used first: 500MB, 2GB' },
    'unused-for': { type: 'string', value: '<time>', text: 'delete entries that were not used for this time: 12h, 30d, 8w' },
    'dry-run': { type: 'boolean', text: 'only list what would be deleted' },
  },
  examples: [['cache prune --unused-for 30d --dry-run', 'entries that were not used for a month']],
  async run({ flags: { 'max-bytes': most, 'unused-for': unused, 'dry-run': dryRun = false, json, config } }, context) {
    const { options } = await readProject(context, config)
    const { dir } = options.cache
    const unusedForMs = parseTime('--unused-for', unused)
    const maxBytes = parseBytes('--max-bytes', most) ?? (unusedForMs === undefined ? options.cache.maxBytes : Infinity)
    const { removed, entries, bytes } = await pruneCache(dir, await entriesOf(dir), {
      maxBytes,
      ...(unusedForMs === undefined ? {} : { unusedForMs }),
      dryRun,
    })
    const freed = removed.reduce((sum, { size }) => sum + size, 0)
    if (json) {
      context.stdout.write(`${visibleJson({ dir, dryRun, removed: removed.map(jsonOf), freed, entries, bytes })}\n`)
      return 0
    }
    if (dryRun)
      context.stdout.write(
        linesOf(removed)
          .map((line) => `${line}\n`)
          .join(''),
      )
    context.stdout.write(
      `${count(removed.length, 'entry', 'entries')}, ${formatBytes(freed)} ${dryRun ? 'would be deleted' : 'deleted'}; ${count(entries, 'entry', 'entries')}, ${formatBytes(bytes)} ${dryRun ? 'would remain' : 'remaining'}\n`,
    )
    return 0
  },
})

const remove = defineCommand({
  name: 'cache rm',
  summary: 'delete everything made from an image, or the entry of a key',
  usage: '<file|key…> [options]',
  text: [
    'Images are identified by content, or by name if the file does not exist. Six digits of a key are enough. Results of a paid upscaler must be paid for again.',
  ],
  takes: { what: 'an image or a key', min: 1, max: Infinity },
  flags: {},
  examples: [['cache rm src/hero.jpg', 'the next build makes it again']],
  async run({ arguments: words, flags: { json, config } }, context) {
    const { root, options } = await readProject(context, config)
    const { dir } = options.cache
    const items = await entriesOf(dir)
    const chosen = new Set<InventoryItem>()
    for (const word of words) for (const item of await selectEntries(word, items, { cwd: context.cwd, root })) chosen.add(item)
    await removeEntries(dir, [...chosen])
    const freed = [...chosen].reduce((sum, { size }) => sum + size, 0)
    if (json) context.stdout.write(`${visibleJson({ dir, removed: [...chosen].map(jsonOf), freed })}\n`)
    else context.stdout.write(`${count(chosen.size, 'entry', 'entries')}, ${formatBytes(freed)} deleted\n`)
    return 0
  },
})

const where = defineCommand({
  name: 'cache path',
  summary: 'print the folder of the cache',
  usage: '[options]',
  text: ['Keep this folder between CI runs.'],
  flags: {},
  examples: [],
  async run({ flags: { json, config } }, context) {
    const { options } = await readProject(context, config)
    const { dir } = options.cache
    context.stdout.write(json ? `${visibleJson({ dir })}\n` : `${visible(dir)}\n`)
    return 0
  },
})

export const CACHE_COMMANDS: readonly Command[] = [ls, stats, verify, prune, remove, where]

function linesOf(items: readonly InventoryItem[]): string[] {
  const now = Date.now()
  return alignColumns(
    items.map((item) => [
      formatAge(now - item.lastUsed),
      formatBytes(item.size),
      describeKind(item),
      item.width === undefined ? '' : `${item.width}x${item.height}`,
      visible(item.upscaler ?? ''),
      shortKey(item.key),
      visible(item.image?.name ?? '(unknown)'),
    ]),
    new Set([1]),
  )
}
