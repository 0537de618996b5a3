import type { CliContext, ExitStatus } from '../context.ts'

export interface Flag {
  readonly type: 'boolean' | 'string'
  /** Of a string: what stands for its value in the help, `<file>`. */
  readonly value?: string
  readonly text: string
}

export type Flags = Readonly<Record<string, Flag>>

/** What was given for the flags; what was not is left out. */
export type FlagValues<F extends Flags> = { readonly [Name in keyof F]?: F[Name]['type'] extends 'boolean' ? true : string }

export interface Invocation<F extends Flags = Flags> {
  /** Without the words of the command. */
  readonly arguments: readonly string[]
  readonly flags: FlagValues<F & typeof COMMON_FLAGS>
}

/** One command, with all that its help says. */
export interface Command<F extends Flags = Flags> {
  /** Its words: `cache ls`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** What follows the name: `<files…> --out <file>`; the flags of all are added. */
  readonly usage: string
  /** Paragraphs. */
  readonly text: readonly string[]
  readonly flags: F
  /** @default none */
  readonly takes?: { readonly what: string; readonly min: number; readonly max: number }
  /** Arguments behind `hd`, and what they do. */
  readonly examples: readonly (readonly [command: string, what: string])[]
  run(invocation: Invocation<F>, context: CliContext): Promise<ExitStatus>
}

/** Of every command. */
export const COMMON_FLAGS: Readonly<
  Record<'config', Flag & { type: 'string' }> & Record<'json' | 'help', Flag & { type: 'boolean' }>
> = {
  config: {
    type: 'string',
    value: '<file>',
    text: 'the configuration to be read, of any bundler: a module that exports it, or `plugins`; it is run',
  },
  json: { type: 'boolean', text: 'one JSON object on standard output, also for an error' },
  help: { type: 'boolean', text: 'this text' },
}

/** The command, typed by its own flags while it is written and as any other in the table of all. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  // The parser hands over nothing but flags of this command.
  return { ...command, run: (invocation, context) => command.run(invocation as Invocation<F>, context) }
}
