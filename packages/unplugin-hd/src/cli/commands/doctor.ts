import { visibleJson } from '@unplugin-hd/core'
import { diagnose } from '../doctor.ts'
import { renderDiagnosis } from '../doctor-text.ts'
import { defineCommand, type Command } from '../parser/command.ts'

export const doctorCommand: Command = defineCommand({
  name: 'doctor',
  summary: 'say what a build here would use, and whether it works',
  usage: '[--json] [--config <file>]',
  text: [
    "The upscalers, and whether they work (for wechat(): token, and what is left of today's calls); where the cache is, and whether it can be written. Nothing is enlarged, nothing is changed. Exit status 1 when something is not well.",
  ],
  flags: {},
  examples: [['doctor --config build/webpack.config.cjs', 'with the options of this configuration']],
  async run({ flags: { json, config } }, context) {
    const diagnosis = await diagnose(context, config)
    context.stdout.write(json ? `${visibleJson(diagnosis)}\n` : renderDiagnosis(diagnosis, context.stdout.isTTY === true))
    return diagnosis.ok ? 0 : 1
  },
})
