import { formatError, toHdError, visibleJson, withDocs } from '@unplugin-hd/core'
import { COMMANDS } from './commands/all.ts'
import type { CliContext, ExitStatus } from './context.ts'
import { renderHelp } from './parser/help.ts'
import { parse } from './parser/parse.ts'
import { version } from '../version.ts'

/** Runs the command line. Prints errors and never throws. */
export async function run(args: readonly string[], context: CliContext): Promise<ExitStatus> {
  const { stdout, stderr, signal } = context
  try {
    const parsed = parse(args, COMMANDS)
    switch (parsed.kind) {
      case 'help':
        stdout.write(renderHelp(parsed.words, COMMANDS))
        return 0
      case 'version':
        stdout.write(`${version()}\n`)
        return 0
      case 'run':
        return await parsed.command.run(parsed.invocation, context)
    }
  } catch (thrown) {
    const error = toHdError(thrown, 'HD_RUNTIME', 'unexpected failure')
    const { code, message, file, docs } = error
    // Searched in the raw arguments, because parsing them may have failed.
    if (args.includes('--json')) stdout.write(`${visibleJson({ error: { code, message, file, docs } })}\n`)
    // After Ctrl-C there is nothing to look up.
    else stderr.write(`${signal.aborted ? formatError(error) : withDocs(formatError(error), error)}\n`)
    return signal.aborted ? 130 : 1
  }
}
