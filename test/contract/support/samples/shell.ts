import { runCli } from '../../../../packages/wechat-emulator/src/run-cli.ts'
import { COMMANDS } from '../../../../packages/unplugin-hd/src/cli/commands/all.ts'
import { parse } from '../../../../packages/unplugin-hd/src/cli/parser/parse.ts'
import { filesBelow, read, scriptsOf } from '../repository.ts'

/** Programs that are not ours; what they are given is not checked. */
const FOREIGN = new Set(['base64', 'cat', 'cd', 'docker', 'export', 'openssl'])

/** What `npm` may be asked for, besides the packages that it installs. */
const NPM = new Set(['create', 'run'])

/** The commands of a script as their words, without assignments and redirections. What `$(…)` contains is a part of a word. */
export function commandsIn(script: string): string[][] {
  const commands: string[][] = [[]]
  const pattern =
    /#[^\n]*|\\\n|[ \t]+|(?:\n|;|&&|\|\|?)|[<>]+\s*\S+|((?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|\\.|[^\s;&|<>'"\\])+)|(.)/gy
  for (const [text, word, other] of script.matchAll(pattern)) {
    if (other !== undefined) throw new Error(`'${other}' is not understood`)
    if (word !== undefined) commands.at(-1)!.push(word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, '$1$2$3'))
    else if (/^(?:\n|;|&&|\|)/.test(text)) commands.push([])
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
    .filter(([first]) => first !== undefined && !/^\w+=/.test(first))
}

/** What is wrong with the commands of a script, by our own command lines, scripts and packages. */
export async function shellErrors(script: string): Promise<string[]> {
  const found = await Promise.all(commandsIn(script).map((words) => commandError(words)))
  return found.flatMap((error) => error ?? [])
}

async function commandError(words: readonly string[]): Promise<string | undefined> {
  const [program, ...args] = words[0] === 'npx' ? words.slice(1) : words
  if (program === 'hd') return hdError(args)
  if (program === 'wechat-emulator') return flagsError(args, await emulatorHelp())
  if (program === '-y' && args[0] === 'pnpm@10') return pnpmError(args.slice(1))
  if (program === 'npm') return npmError(args)
  return FOREIGN.has(program!) ? undefined : `${program} is no program that samples may use`
}

/** What our command line says of these arguments. */
export function hdError(args: readonly string[]): string | undefined {
  try {
    parse(args, COMMANDS)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

async function emulatorHelp(): Promise<string> {
  let help = ''
  await runCli(['--help'], { stdout: { write: (text) => (help += text) }, stderr: process.stderr })
  return help
}

function flagsError(args: readonly string[], help: string): string | undefined {
  const unknown = args.find((arg) => arg.startsWith('-') && !help.includes(`  ${arg} `))
  return unknown === undefined ? undefined : `there is no flag ${unknown}`
}

/** @param args without `pnpm`: `test`, or `-C folder test` */
function pnpmError(args: readonly string[]): string | undefined {
  const [folder, name] = args[0] === '-C' ? args.slice(1) : ['.', args[0]]
  const manifest = `${folder}/package.json`
  const isThere = name === 'install' || Object.hasOwn(scriptsOf(manifest), name!)
  return isThere ? undefined : `${manifest} has no script ${name}`
}

function npmError([command, ...args]: readonly string[]): string | undefined {
  if (command !== 'install') return NPM.has(command!) ? undefined : `npm ${command} is not expected here`
  const names = args.filter((arg) => !arg.startsWith('-'))
  const unknown = names.find((name) => !installable().has(name))
  return unknown === undefined ? undefined : `${unknown} is no package of ours, and none that is optional`
}

/** Our packages, and their optional peers. */
function installable(): Set<string> {
  const manifests = filesBelow('packages').filter((name) => /^packages\/[^/]+\/package\.json$/.test(name))
  return new Set(
    manifests.flatMap((manifest) => {
      const { name, peerDependencies = {} } = JSON.parse(read(manifest)) as { name: string; peerDependencies?: object }
      return [name, ...Object.keys(peerDependencies)]
    }),
  )
}
