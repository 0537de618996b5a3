import { OUTPUT_FORMATS } from '@unplugin-hd/core'
import { defineCommand, type Command } from '../parser/command.ts'
import { refuse } from '../parser/parse.ts'
import { parseFormat, parseQuality } from '../parser/values.ts'
import { upscale } from '../upscale.ts'

export const upscaleCommand: Command = defineCommand({
  name: 'upscale',
  summary: 'enlarge images, through the same pipeline and cache as a build',
  usage: '<in> --out <file> [options]',
  text: [],
  takes: { what: 'an image', min: 1, max: 1 },
  flags: {
    out: { type: 'string', value: '<file>', text: 'where the 2x goes; its extension chooses the format' },
    model: {
      type: 'string',
      value: '<model>',
      text: "'fast' (built in), 'quality' (the same on eight views: better, and eight times slower), or an ONNX file of yours",
    },
    format: { type: 'string', value: '<format>', text: `${OUTPUT_FORMATS.join(', ')}; wins over the extension` },
    quality: { type: 'string', value: '<n>', text: '1 to 100; PNG has none (default 85)' },
  },
  examples: [['upscale photo.jpg --out photo@2x.webp --quality 80', 'one image, as WebP']],
  async run({ arguments: [input], flags: { out, model, format, quality, json = false, config } }, context) {
    if (out === undefined) throw refuse('--out is missing', this)
    const command = { input: input!, out, model, format: parseFormat(format), quality: parseQuality(quality), json, config }
    context.stdout.write(await upscale(command, context))
    return 0
  },
})
