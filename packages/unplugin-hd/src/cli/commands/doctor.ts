import { visibleJson } from '@unplugin-hd/core'
import { diagnose } from '../doctor.ts'
import { renderDiagnosis } from '../doctor-text.ts'
import { defineCommand, type Command } from '../parser/command.ts'

export const doctorCommand: Command = defineCommand({
  name: 'doctor',
  summary: 'check what a build here would use, and whether it works',
  usage: '[--json] [--config <file>]',
  text: [
    "Checks that the upscalers work (for wechat(): the token and today's remaining calls) and that the cache is writable and intact, and asks the remote cache. Enlarges and changes nothing. Exit status 1 if there is a problem.",
  ],
  flags: {},
  examples: [['doctor --config build/webpack.config.cjs', 'use the options of this configuration']],
  async run({ flags: { json, config } }, context) {
    const diagnosis = await diagnose(context, config)
    context.stdout.write(json ? `${visibleJson(diagnosis)}\n` : renderDiagnosis(diagnosis, context.stdout.isTTY === true))
    return diagnosis.ok ? 0 : 1
  },
})
