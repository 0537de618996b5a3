import { parseArgs } from 'node:util'
import { HdError, nearestTo } from '@unplugin-hd/core'
import { COMMON_FLAGS, type Command, type Flags, type Invocation } from './command.ts'

/** A parsed command line. */
export type Parsed =
  | { kind: 'help'; /** A command or a group; empty for all. */ words: string }
  | { kind: 'version' }
  | { kind: 'run'; command: Command; invocation: Invocation }

const SHORT: Readonly<Record<string, string>> = { h: 'help', v: 'version' }

/**
 * Node's parser splits the words. The checks are here, so that errors can name what is allowed.
 * @param args without `node` and the script
 * @throws HdError `HD_OPTION`
 */
export function parse(args: readonly string[], commands: readonly Command[]): Parsed {
  const all: Flags = Object.assign({}, COMMON_FLAGS, ...commands.map(({ flags }) => flags)) as Flags
  const tokens = tokensOf(args, all)
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token] : []))
  const asked = new Set(tokens.flatMap((token) => (token.kind === 'option' ? [SHORT[token.name] ?? token.name] : [])))
  const spoken = words.map(({ value }) => value)
  if (spoken[0] === 'help') return { kind: 'help', words: namedBy(spoken.slice(1), commands) }
  if (asked.has('version') && spoken.length === 0) return { kind: 'version' }

  const command = commandOf(spoken, commands)
  if (asked.has('help')) return { kind: 'help', words: command?.name ?? namedBy(spoken, commands) }
  if (!command) {
    if (args.length === 0 || isGroup(spoken, commands)) return { kind: 'help', words: spoken.join(' ') }
    throw refuse(spoken.length === 0 ? 'a command is missing' : unknownCommand(spoken, commands))
  }
  const given = words.slice(command.name.split(' ').length).map(({ value }) => value)
  const flags: Record<string, string | true> = {}
  for (const token of tokens) if (token.kind === 'option') flags[token.name] = valueOf(token, command, commands)
  checkCount(given, command)
  return { kind: 'run', command, invocation: { arguments: given, flags: flags as Invocation['flags'] } }
}

/** Splits the words by the flags of all commands, because the command is not known yet. */
function tokensOf(args: readonly string[], flags: Flags): Token[] {
  const options = Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }]))
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens as Token[]
}

type Token =
  | { kind: 'positional'; index: number; value: string }
  | { kind: 'option-terminator'; index: number }
  | { kind: 'option'; index: number; name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined }

function commandOf(words: readonly string[], commands: readonly Command[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word))
}

/** True for the first word of several commands, such as `cache`. */
export function isGroup([word, ...more]: readonly string[], commands: readonly Command[]): boolean {
  return word !== undefined && more.length === 0 && commands.some(({ name }) => name.startsWith(`${word} `))
}

/** @throws HdError `HD_OPTION` for words that name neither a command nor a group */
function namedBy(words: readonly string[], commands: readonly Command[]): string {
  if (words.length === 0) return ''
  const command = commandOf(words, commands)
  if (command) return command.name
  if (isGroup(words, commands)) return words[0]!
  throw refuse(unknownCommand(words, commands))
}

function valueOf(token: Token & { kind: 'option' }, command: Command, commands: readonly Command[]): string | true {
  const { name, rawName, value, inlineValue } = token
  const flags: Flags = { ...COMMON_FLAGS, ...command.flags }
  const flag = Object.hasOwn(flags, name) ? flags[name]! : undefined
  if (!flag) throw refuse(unknownFlag(name, rawName, command, flags, commands), command)
  if (flag.type === 'boolean') {
    if (value !== undefined) throw refuse(`${rawName} takes no value, got '${value}'`, command)
    return true
  }
  // A value that starts with a dash is the next flag, unless it was given with `=`.
  if (value === undefined || value === '' || (!inlineValue && /^-./.test(value)))
    throw refuse(`${rawName} needs a value: ${rawName} ${flag.value}`, command)
  return value
}

function unknownFlag(name: string, raw: string, command: Command, flags: Flags, commands: readonly Command[]): string {
  const what = `hd ${command.name} has no flag ${raw}`
  const nearest = nearestTo(name, Object.keys(flags))
  if (nearest !== undefined) return `${what}. Did you mean '--${nearest}'?`
  const owner = commands.find((other) => Object.hasOwn(other.flags, name))
  return owner ? `${what}: it belongs to hd ${owner.name}` : what
}

function unknownCommand(words: readonly string[], commands: readonly Command[]): string {
  const names = [...new Set(commands.flatMap(({ name }) => [name, name.split(' ', 1)[0]!]))]
  const nearest = nearestTo(words.slice(0, 2).join(' '), names) ?? nearestTo(words[0]!, names)
  const name = isGroup(words.slice(0, 1), commands) ? words.slice(0, 2).join(' ') : words[0]!
  return `the command '${name}' is unknown${nearest === undefined ? '' : `. Did you mean '${nearest}'?`}`
}

function checkCount(given: readonly string[], command: Command): void {
  const { what, min, max } = command.takes ?? { what: 'arguments', min: 0, max: 0 }
  if (given.length < min) throw refuse(`hd ${command.name} needs ${what}`, command)
  if (given.length <= max) return
  throw refuse(
    max === 0
      ? `hd ${command.name} takes no arguments, got '${given[0]}'`
      : `hd ${command.name} takes only ${what}, got ${given.length}`,
    command,
  )
}

/** @param command the help to refer to */
export function refuse(message: string, command?: Pick<Command, 'name'>): HdError {
  return new HdError('HD_OPTION', message, { remedy: `See \`hd ${command ? `${command.name} ` : ''}--help\`` })
}
