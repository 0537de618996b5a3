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
  summary: 'write an HTML page with every image of the project before and after',
  usage: '[--out <page.html>] [options]',
  text: [
    'Shows every image that the project references, like `hd warm`, with its state in the cache: sizes, format, upscaler, places of use, and its middle before and after. Writes the same facts to a JSON file next to the page. Makes no images.',
    "The page is written to --out, the option 'report', or hd-report.html next to package.json, in this order.",
  ],
  flags: {
    out: { type: 'string', value: '<page.html>', text: 'the file to write' },
    overwrite: { type: 'boolean', text: 'replace an existing file of --out' },
  },
  examples: [['report --out reports/images.html', 'as a CI artifact']],
  async run({ flags: { out, overwrite = false, json, config } }, context) {
    const { cwd, stdout, stderr, signal } = context
    if (out !== undefined && !out.endsWith('.html')) throw refuse('--out must end in .html', this)
    const project = await readProject(context, config)
    const page = out === undefined ? (project.options.report ?? reportPath(true, project.root)) : path.resolve(cwd, out)
    for (const file of out === undefined || overwrite ? [] : [page, jsonPath(page)])
      if (await isThere(file))
        throw new HdError('HD_OUTPUT', 'the file exists', {
          file: path.relative(cwd, file),
          remedy: "Use '--overwrite' to replace it",
        })
    const say = (message: string): void => void stderr.write(`${visible(message)}\n`)
    const { resolved, unresolved, failures } = await projectReferences(project)
    const wanted = new WantedImages()
    addReferences(wanted, resolved, project.root)
    const problems = [...unresolved.map((each) => `${each}: file not found`), ...failures]
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
