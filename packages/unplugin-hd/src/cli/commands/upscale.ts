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
  summary: 'enlarge images with the same pipeline and cache as a build',
  usage: '<files, folders, globs…> --out <file|folder> [options]',
  text: [
    'A folder means all images below it, and its tree is kept in the output. Quote globs, so that the shell does not expand them. `-` reads an image from standard input, `--out -` writes to standard output.',
    'If an image fails, the others are still made, and the exit status is 1.',
  ],
  takes: { what: 'an image', min: 1, max: Infinity },
  flags: {
    out: {
      type: 'string',
      value: '<file|folder>',
      text: 'a file, whose extension sets the format; or a folder, which exists or ends with /',
    },
    'out-dir': { type: 'string', value: '<folder>', text: 'a folder, created if missing' },
    name: {
      type: 'string',
      value: '<name>',
      text: "file name pattern for a folder, with [name], [factor] and [ext] (default '[name]@[factor]x.[ext]')",
    },
    overwrite: { type: 'boolean', text: 'replace existing files; without it they are refused before anything is made' },
    factor: { type: 'string', value: '<n>', text: '2, 3 or 4 times as wide and high (default 2)' },
    model: {
      type: 'string',
      value: '<model>',
      text: "'fast' (built in), 'quality' (the same on eight views: better, but eight times slower), or your own ONNX file",
    },
    format: {
      type: 'string',
      value: '<format>',
      text: `${OUTPUT_FORMATS.join(', ')}; overrides the extension (default: that of the source)`,
    },
    quality: { type: 'string', value: '<n>', text: '1 to 100, not for PNG (default 85)' },
  },
  examples: [
    ['upscale photo.jpg --out photo@2x.webp --quality 80', 'one image, as WebP'],
    ["upscale 'img/**/*.png' --out-dir img/2x --overwrite", 'many at once'],
    ['upscale - --out - --format png', 'standard input to standard output'],
  ],
  async run({ arguments: words, flags }, context) {
    const { out, 'out-dir': outDir, name, json = false, config, model, overwrite = false } = flags
    if (out === undefined && outDir === undefined) throw refuse('--out is missing (or --out-dir)', this)
    if (out !== undefined && outDir !== undefined) throw refuse('--out and --out-dir cannot be combined', this)
    const target = await targetOf(context.cwd, out, outDir, name)
    if (target.kind === 'file' && name !== undefined) throw refuse('--name needs a folder: use --out-dir', this)
    if (out === '-' && json) throw refuse('--json and --out - both need standard output', this)
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
        throw refuse(`--out is a single file, but there are ${images.length} images: use --out-dir`, this)
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

/** For a single file given by `--out` this is the image itself instead of a list. */
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
