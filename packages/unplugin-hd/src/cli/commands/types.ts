import { defineCommand, type Command } from '../parser/command.ts'
import { types } from '../types.ts'

export const typesCommand: Command = defineCommand({
  name: 'types',
  summary: 'write types for the queries that the project imports',
  usage: '[--json] [--config <file>]',
  text: [
    "Writes to the file of the option 'dts', by default src/unplugin-hd.d.ts. Common queries such as ?hd&as=img have built-in types; this is for all others.",
  ],
  flags: {},
  examples: [],
  async run({ flags: { json = false, config } }, context) {
    context.stdout.write(await types({ json, config }, context))
    return 0
  },
})
