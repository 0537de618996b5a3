import path from 'node:path'
import { DEFAULT_FACTOR, HdError, visible, visibleJson } from '@unplugin-hd/core'
import { formatBytes } from '../../progress/text.ts'
import { compareImages } from '../compare/compare.ts'
import { renderPage } from '../compare/page.ts'
import { namedUpscalers } from '../compare/versions.ts'
import { findImages } from '../images.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { parseFactor, parseFormat } from '../parser/values.ts'
import { readProject } from '../project.ts'
import { count } from '../table.ts'
import { refuseOutputs, writeOutput } from '../upscale/output.ts'

export const compareCommand: Command = defineCommand({
  name: 'compare',
  summary: 'write an HTML page that compares images before and after',
  usage: '<files, folders, globs…> --out <page.html> [options]',
  text: [
    'The page is self-contained: sliders at 1x, 2x and 4x, all versions side by side, differences, sizes and times. The images are those that a build would ship, and are stored in the cache.',
    'Without --with it shows resample(), the built-in model, and the upscalers of the configuration that are not metered; `--with config` also calls metered ones.',
  ],
  takes: { what: 'an image', min: 1, max: Infinity },
  flags: {
    out: { type: 'string', value: '<page.html>', text: 'the file to write' },
    with: { type: 'string', value: '<names>', text: 'comma-separated: resample, fast, quality, config' },
    factor: { type: 'string', value: '<n>', text: '2, 3 or 4 (default 2)' },
    format: { type: 'string', value: '<format>', text: 'format of the enlarged images (default: that of the source)' },
    overwrite: { type: 'boolean', text: 'replace an existing file' },
  },
  examples: [["compare 'src/**/*.jpg' --out compare.html --with resample,fast,quality", 'three upscalers side by side']],
  async run({ arguments: words, flags }, context) {
    const { out, overwrite = false, json, config } = flags
    if (out === undefined) throw refuse('--out is missing', this)
    const { options } = await readProject(context, config)
    const upscalers = namedUpscalers(flags.with, options.upscalers)
    const order = { upscalers, options, factor: parseFactor(flags.factor) ?? DEFAULT_FACTOR, format: parseFormat(flags.format) }
    const images = await findImages(words, context.cwd)
    const file = path.resolve(context.cwd, out)
    if (images.some((image) => image.file === file)) throw new HdError('HD_OUTPUT', 'the output is an input', { file: out })
    await refuseOutputs([{ image: images[0]!, out }], context.cwd, overwrite)
    const compared = await compareImages({ ...order, images }, context)
    const page = Buffer.from(await renderPage(compared))
    await writeOutput(file, page, out)
    const versions = upscalers.map(({ label }) => label)
    if (json) context.stdout.write(`${visibleJson({ out, bytes: page.length, images: images.length, upscalers: versions })}\n`)
    else
      context.stdout.write(
        `${visible(out)}  ${formatBytes(page.length)}, ${count(images.length, 'image')} by ${versions.join(', ')}\n`,
      )
    return 0
  },
})
