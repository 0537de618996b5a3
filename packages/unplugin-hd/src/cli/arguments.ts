import { parseArgs } from 'node:util'
import {
  canonicalFormat,
  errorMessage,
  HdError,
  isOutputFormat,
  nearestTo,
  OUTPUT_FORMATS,
  type OutputFormat,
} from '@unplugin-hd/core'

export const HELP: string = `hd: images at 2x by super-resolution

Usage
  hd upscale <in> --out <file> [options]
  hd doctor [--json] [--config <file>]
  hd types [--json] [--config <file>]

hd doctor says which upscalers a build here would use and whether they work (for
wechat(): token, and what is left of today's calls), and where the cache is. It reads
the options from the configuration of the project (Vite, Nuxt, Astro, electron-vite,
webpack, Rspack, Rollup, Rolldown), where there is one with this plugin.

hd types writes the declarations for the queries that files of the package import, where
the option 'dts' of the configuration says, else to src/unplugin-hd.d.ts.

Options of hd upscale
  --out <file>       where the 2x goes; its extension chooses the format
  --model <model>    'fast' (built in), 'quality' (the same on eight views: better, and eight
                     times slower), or an ONNX file of yours
  --format <format>  ${OUTPUT_FORMATS.join(', ')}; wins over the extension
  --quality <n>      1 to 100; PNG has none (default 85)

Options of all
  --config <file>    of any bundler: a module that exports a configuration, or 'plugins';
                     it is run. hd upscale takes the cache from it
  --json             one JSON object on standard output
  --help, --version

Exit status: 0 on success, 1 on refusal or when hd doctor found something wrong ("file: message (CODE)" on standard error,
with --json {"error":{"code","message","file"}} on standard output).
The cache is node_modules/.cache/unplugin-hd of the nearest package.json above the
current folder, else a folder of the user's; the environment (UNPLUGIN_HD_CACHE_DIR,
relative to the workspace) and cache.dir of the project's configuration override both.
`

export interface UpscaleCommand {
  kind: 'upscale'
  /** As the user wrote them. */
  input: string
  out: string
  model: string | undefined
  format: OutputFormat | undefined
  quality: number | undefined
  json: boolean
  config: string | undefined
}

export interface DoctorCommand {
  kind: 'doctor'
  config: string | undefined
  json: boolean
}

export interface TypesCommand {
  kind: 'types'
  config: string | undefined
  json: boolean
}

export type Command = UpscaleCommand | DoctorCommand | TypesCommand | { kind: 'help' } | { kind: 'version' }

/** @throws HdError `HD_OPTION` for anything that {@link HELP} does not allow */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args)
  if (values.help || (args.length === 0 && positionals.length === 0)) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  const [name, input, ...rest] = positionals
  if (name === 'doctor' || name === 'types') return parsePlain(name, values, input)
  if (name !== 'upscale') throw refuse(name === undefined ? 'a command is missing' : unknownCommand(name))
  if (input === undefined) throw refuse('the input file is missing')
  if (rest.length > 0) throw refuse(`expected one input file, got ${rest.length + 1}`)
  if (!values.out) throw refuse('--out is missing')
  return {
    kind: 'upscale',
    input,
    out: values.out,
    model: values.model,
    format: values.format === undefined ? undefined : parseFormat(values.format),
    quality: values.quality === undefined ? undefined : parseQuality(values.quality),
    json: values.json ?? false,
    config: values.config,
  }
}

/** A command that takes nothing but the options of all. */
function parsePlain(
  kind: 'doctor' | 'types',
  { json = false, config, help: _help, version: _version, ...others }: Values,
  argument: string | undefined,
): DoctorCommand | TypesCommand {
  if (argument !== undefined) throw refuse(`${kind} takes no file, got '${argument}'`)
  const [flag] = Object.keys(others)
  if (flag !== undefined) throw refuse(`${kind} has no --${flag}`)
  return { kind, json, config }
}

const FLAGS = {
  out: { type: 'string' },
  model: { type: 'string' },
  format: { type: 'string' },
  quality: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type Parsed = ReturnType<typeof parseArgs<{ options: typeof FLAGS; allowPositionals: true }>>
type Values = Parsed['values']

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true })
  } catch (cause) {
    const message = errorMessage(cause).split('. ', 1)[0]!
    const flag = /^Unknown option '--([^']+)'/.exec(message)?.[1]
    const nearest = flag === undefined ? undefined : nearestTo(flag, Object.keys(FLAGS))
    throw refuse(message + (nearest === undefined ? '' : `. Did you mean '--${nearest}'?`))
  }
}

function unknownCommand(name: string): string {
  const nearest = nearestTo(name, ['upscale', 'doctor'])
  return `the command '${name}' is unknown${nearest === undefined ? '' : `. Did you mean '${nearest}'?`}`
}

function parseFormat(value: string): OutputFormat {
  const format = canonicalFormat<string>(value)
  if (isOutputFormat(format)) return format
  throw refuse(`--format is '${value}', allowed are ${OUTPUT_FORMATS.join(', ')}`)
}

function parseQuality(value: string): number {
  if (/^(?:[1-9]\d?|100)$/.test(value)) return Number(value)
  throw refuse(`--quality is '${value}', allowed are whole numbers from 1 to 100`)
}

function refuse(message: string): HdError {
  return new HdError('HD_OPTION', message, { remedy: 'See `hd --help`' })
}
