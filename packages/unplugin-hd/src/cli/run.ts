import { formatError, toHdError, visibleJson } from '@unplugin-hd/core'
import { diagnose } from './doctor.ts'
import { renderDiagnosis } from './doctor-text.ts'
import { HELP, parseArguments } from './arguments.ts'
import { types } from './types.ts'
import { upscale } from './upscale.ts'
import { version } from './version.ts'

export interface CliContext {
  /** Absolute path that relative ones start from. */
  cwd: string
  stdout: { write(text: string): unknown; isTTY?: boolean }
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number }
}

/** Runs the command line and returns its exit status: 0 for success, 1 for a refusal. */
export async function run(args: readonly string[], context: CliContext): Promise<0 | 1> {
  const { stdout, stderr } = context
  // Known before the arguments are checked, because a refused argument is reported as JSON as well.
  const json = args.includes('--json')
  try {
    const command = parseArguments(args)
    switch (command.kind) {
      case 'help':
        stdout.write(HELP)
        return 0
      case 'version':
        stdout.write(`${version()}\n`)
        return 0
      case 'upscale':
        stdout.write(await upscale(command, context))
        return 0
      case 'doctor': {
        const diagnosis = await diagnose(context, command.config)
        stdout.write(command.json ? `${visibleJson(diagnosis)}\n` : renderDiagnosis(diagnosis, stdout.isTTY === true))
        return diagnosis.ok ? 0 : 1
      }
      case 'types':
        stdout.write(await types(command, context))
        return 0
    }
  } catch (thrown) {
    const error = toHdError(thrown, 'HD_RUNTIME', 'unexpected failure')
    const { code, message, file } = error
    if (json) stdout.write(`${visibleJson({ error: { code, message, file } })}\n`)
    else stderr.write(`${formatError(error)}\n`)
    return 1
  }
}
