import { defineCommand, type Command } from '../parser/command.ts'
import { types } from '../types.ts'

export const typesCommand: Command = defineCommand({
  name: 'types',
  summary: 'write the types of the queries that the project imports',
  usage: '[--json] [--config <file>]',
  text: [
    "To where the option 'dts' of the configuration says, else to src/unplugin-hd.d.ts. Queries such as ?hd&as=img have types of their own; this is for the others.",
  ],
  flags: {},
  examples: [],
  async run({ flags: { json = false, config } }, context) {
    context.stdout.write(await types({ json, config }, context))
    return 0
  },
})
