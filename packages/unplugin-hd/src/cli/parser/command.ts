import type { CliContext, ExitStatus } from '../context.ts'

export interface Flag {
  readonly type: 'boolean' | 'string'
  /** For a string: the placeholder for its value in the help, `<file>`. */
  readonly value?: string
  readonly text: string
}

export type Flags = Readonly<Record<string, Flag>>

/** The given flags. Flags that were not given are missing. */
export type FlagValues<F extends Flags> = { readonly [Name in keyof F]?: F[Name]['type'] extends 'boolean' ? true : string }

export interface Invocation<F extends Flags = Flags> {
  /** Without the words of the command name. */
  readonly arguments: readonly string[]
  readonly flags: FlagValues<F & typeof COMMON_FLAGS>
}

/** One command, with its help. */
export interface Command<F extends Flags = Flags> {
  /** One or two words: `cache ls`. */
  readonly name: string
  /** One line. */
  readonly summary: string
  /** What follows the name: `<files…> --out <file>`. */
  readonly usage: string
  /** Paragraphs. */
  readonly text: readonly string[]
  readonly flags: F
  /** @default none */
  readonly takes?: { readonly what: string; readonly min: number; readonly max: number }
  /** The command line after `hd`, and what it does. */
  readonly examples: readonly (readonly [command: string, what: string])[]
  run(invocation: Invocation<F>, context: CliContext): Promise<ExitStatus>
}

/** The flags of every command. */
export const COMMON_FLAGS: Readonly<
  Record<'config', Flag & { type: 'string' }> & Record<'json' | 'help', Flag & { type: 'boolean' }>
> = {
  config: {
    type: 'string',
    value: '<file>',
    text: 'the configuration to read, of any bundler: a module that exports it, or `plugins`; it is executed',
  },
  json: { type: 'boolean', text: 'print one JSON object to standard output, also for errors' },
  help: { type: 'boolean', text: 'show this help' },
}

/** Defines a command whose `run` is typed by its own flags, and returns it as a general one for the list of commands. */
export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  // The parser passes only flags of this command.
  return { ...command, run: (invocation, context) => command.run(invocation as Invocation<F>, context) }
}
