import path from 'node:path'
import { createHd, errorMessage, HdError, visible, visibleJson } from '@unplugin-hd/core'
import { formatBytes } from '../../progress/text.ts'
import { createReport, writeReport } from '../../inspector/report.ts'
import { jsonPath, reportPath } from '../../inspector/report-path.ts'
import { addReferences, WantedImages } from '../../inspector/wanted.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { readProject } from '../project.ts'
import { count } from '../table.ts'
import { isThere } from '../upscale/output.ts'
import { projectReferences } from '../warm/collect.ts'

export const reportCommand: Command = defineCommand({
  name: 'report',
  summary: 'write a page that shows every image of the project before and after',
  usage: '[--out <page.html>] [options]',
  text: [
    'Every image that the project refers to, as `hd warm` finds them, with what the cache has of it: sizes, format, upscaler, where it is used, and the middle of it before and after. The same facts go to a JSON file beside the page. Nothing is made; what the last build made is there.',
    "Where the page goes: --out, else the option 'report', else hd-report.html beside the package.json.",
  ],
  flags: {
    out: { type: 'string', value: '<page.html>', text: 'where the page goes' },
    overwrite: { type: 'boolean', text: 'replace what --out names if it is there' },
  },
  examples: [['report --out reports/images.html', 'as an artifact of a CI']],
  async run({ flags: { out, overwrite = false, json, config } }, context) {
    const { cwd, stdout, stderr, signal } = context
    if (out !== undefined && !out.endsWith('.html')) throw refuse('--out has to end in .html', this)
    const project = await readProject(context, config)
    const page = out === undefined ? (project.options.report ?? reportPath(true, project.root)) : path.resolve(cwd, out)
    for (const file of out === undefined || overwrite ? [] : [page, jsonPath(page)])
      if (await isThere(file))
        throw new HdError('HD_OUTPUT', 'it is there already', {
          file: path.relative(cwd, file),
          remedy: "Say '--overwrite' to replace it",
        })
    const say = (message: string): void => void stderr.write(`${visible(message)}\n`)
    const { resolved, unresolved, failures } = await projectReferences(project)
    const wanted = new WantedImages()
    addReferences(wanted, resolved, project.root)
    const problems = [...unresolved.map((each) => `${each} leads to no file`), ...failures]
    for (const each of problems) say(each)
    const hd = createHd({ ...project.options, mode: 'on' }, { log: { debug: () => undefined, info: say, warn: say } })
    const data = await createReport(hd, { images: wanted.all(), activities: new Map(), problems }, signal).finally(() =>
      hd.close(),
    )
    const name = path.relative(cwd, page)
    const written = await writeReport(page, data).catch((cause: unknown) => {
      throw new HdError('HD_OUTPUT', `the output cannot be written: ${errorMessage(cause)}`, { file: name, cause })
    })
    const { totals } = data.report
    if (json)
      stdout.write(
        `${visibleJson({ out: name, json: path.relative(cwd, written.json), bytes: written.bytes, totals, problems })}\n`,
      )
    else
      stdout.write(
        `${visible(name)}  ${formatBytes(written.bytes)}, ${count(totals.images, 'image')}, ${totals.hits} of ${count(totals.variants, 'file')} in the cache\n`,
      )
    return 0
  },
})
