import { DEFAULT_FACTOR, OUTPUT_FORMATS, visible, visibleJson } from '@unplugin-hd/core'
import { formatImage } from '../../progress/text.ts'
import { findImages } from '../images.ts'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { parseFactor, parseFormat, parseQuality } from '../parser/values.ts'
import { count } from '../table.ts'
import { targetOf } from '../upscale/output.ts'
import { readInput } from '../upscale/stdin.ts'
import { upscale, type Upscaled } from '../upscale/upscale.ts'

export const upscaleCommand: Command = defineCommand({
  name: 'upscale',
  summary: 'enlarge images, through the same pipeline and cache as a build',
  usage: '<files, folders, globs…> --out <file|folder> [options]',
  text: [
    'A folder stands for all images below it, and its tree is kept; quote a glob, so that the shell leaves it alone. `-` reads the image from standard input, `--out -` writes to standard output.',
    'One image that fails does not keep the others from being made; the exit status is 1 then.',
  ],
  takes: { what: 'an image', min: 1, max: Infinity },
  flags: {
    out: {
      type: 'string',
      value: '<file|folder>',
      text: 'a file, whose extension chooses the format; or a folder, that is there or is written with / at its end',
    },
    'out-dir': { type: 'string', value: '<folder>', text: 'a folder, made where it is missing' },
    name: {
      type: 'string',
      value: '<name>',
      text: "how files in a folder are called, of [name], [factor] and [ext] (default '[name]@[factor]x.[ext]')",
    },
    overwrite: { type: 'boolean', text: 'replace files that are there; else they are refused before anything is made' },
    factor: { type: 'string', value: '<n>', text: '2, 3 or 4 times as wide and high (default 2)' },
    model: {
      type: 'string',
      value: '<model>',
      text: "'fast' (built in), 'quality' (the same on eight views: better, and eight times slower), or an ONNX file of yours",
    },
    format: {
      type: 'string',
      value: '<format>',
      text: `${OUTPUT_FORMATS.join(', ')}; wins over the extension (default: that of the image)`,
    },
    quality: { type: 'string', value: '<n>', text: '1 to 100; PNG has none (default 85)' },
  },
  examples: [
    ['upscale photo.jpg --out photo@2x.webp --quality 80', 'one image, as WebP'],
    ["upscale 'img/**/*.png' --out-dir img/2x --overwrite", 'many at once'],
    ['upscale - --out - --format png', 'from standard input to standard output'],
  ],
  async run({ arguments: words, flags }, context) {
    const { out, 'out-dir': outDir, name, json = false, config, model, overwrite = false } = flags
    if (out === undefined && outDir === undefined) throw refuse('--out is missing (or --out-dir)', this)
    if (out !== undefined && outDir !== undefined) throw refuse('--out and --out-dir exclude each other', this)
    const target = await targetOf(context.cwd, out, outDir, name)
    if (target.kind === 'file' && name !== undefined) throw refuse('--name is for files in a folder: --out-dir', this)
    if (out === '-' && json) throw refuse('--json and --out - both want standard output', this)
    const order = {
      target,
      overwrite,
      model,
      config,
      factor: parseFactor(flags.factor) ?? DEFAULT_FACTOR,
      format: parseFormat(flags.format),
      quality: parseQuality(flags.quality),
    }
    const input = words.includes('-') ? await readInput(context) : undefined
    try {
      const images = [
        ...(input ? [input] : []),
        ...(await findImages(
          words.filter((word) => word !== '-'),
          context.cwd,
        )),
      ]
      if (target.kind === 'file' && images.length > 1)
        throw refuse(`--out names one file, for ${images.length} images: use --out-dir`, this)
      const results = await upscale({ ...order, images }, context)
      const text = json ? toJson(results, target.kind === 'file') : toLines(results)
      if (out === '-') context.stderr.write(text)
      else context.stdout.write(text)
      return results.some((result) => 'error' in result) ? 1 : 0
    } finally {
      await input?.remove()
    }
  },
})

/** Of one file that was named by `--out` it is the image itself, so that scripts need not look into a list. */
function toJson(results: readonly Upscaled[], isSingle: boolean): string {
  const images = results.map((result) =>
    'done' in result
      ? { file: result.file, out: result.out, ...result.done }
      : { file: result.file, error: { code: result.error.code, message: result.error.message, file: result.error.file } },
  )
  return `${visibleJson(isSingle ? images[0] : { ok: results.every((result) => 'done' in result), images })}\n`
}

function toLines(results: readonly Upscaled[]): string {
  const made = results.filter((result) => 'done' in result)
  const lines = made.map(({ file, out, done }) => `${visible(`${file} → ${out}`)}  ${formatImage(done)}`)
  const failed = results.length - made.length
  if (results.length > 1) lines.push(`${count(made.length, 'image')} written${failed > 0 ? `, ${failed} failed` : ''}`)
  return lines.map((line) => `${line}\n`).join('')
}
