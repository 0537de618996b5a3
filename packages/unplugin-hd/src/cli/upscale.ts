import { randomUUID } from 'node:crypto'
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  createHd,
  errorMessage,
  formatError,
  FORMAT_FACTS,
  HdError,
  isHdError,
  isOutputFormat,
  ofFile,
  OUTPUT_FORMATS,
  resolveOptions,
  visible,
  visibleJson,
  type CacheOptions,
  type DoneImage,
  type HdEvent,
  type OutputFormat,
} from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { resolveHdOptions } from '../options.ts'
import { createLiveLine } from '../progress/live-line.ts'
import { formatImage } from '../progress/text.ts'
import { cacheRoot } from './cache-root.ts'
import { projectOptions } from './config/project-options.ts'
import type { CliContext } from './context.ts'

export interface UpscaleCommand {
  /** As the user wrote them. */
  input: string
  out: string
  model: string | undefined
  format: OutputFormat | undefined
  quality: number | undefined
  json: boolean
  config: string | undefined
}

/**
 * Doubles one image through the same pipeline and cache as a build, and returns what is to be printed.
 * @throws HdError, see `docs/errors.md`; its `file` is as the user wrote it
 */
export async function upscale(command: UpscaleCommand, { cwd, stderr }: CliContext): Promise<string> {
  const input = path.resolve(cwd, command.input)
  const out = path.resolve(cwd, command.out)
  await refuseOverwriting(input, out, command)
  const format = command.format ?? formatOf(out, command.out)
  const live = createLiveLine(stderr, stderr.isTTY !== true)
  let done: DoneImage | undefined
  const onEvent = (event: HdEvent): void => {
    if (event.type === 'progress') live.show(`${visible(command.input)} ${Math.round(100 * event.fraction)} %`)
    if (event.type === 'done') done = event.image
    if (event.type === 'warning') stderr.write(`${visible(`${command.input}: ${event.message}`)}\n`)
  }
  const say = (message: string): void => void stderr.write(`${visible(message)}\n`)

  const { root, cacheDir } = cacheRoot(cwd, process.env)
  const cache = (await projectCache(root, cwd, command, say)) ?? (cacheDir === undefined ? {} : { dir: cacheDir })
  const model = command.model === undefined || MODEL_NAMES.has(command.model) ? command.model : path.resolve(cwd, command.model)
  const options = resolveOptions(
    { cache, upscaler: neural(model === undefined ? {} : { model }) },
    { root, env: process.env, defaultUpscaler: neural },
  )
  const hd = createHd(options, { onEvent, log: { debug: () => undefined, info: say, warn: say } })
  try {
    const asset = await hd.job(await hd.source(input), { format: format, quality: command.quality }).make()
    await write(out, asset.bytes, command.out)
  } catch (error) {
    // The pipeline names files relative to the project, the user of a command line as they were typed.
    throw isHdError(error) ? ofFile(error, nameAsTyped(error, command)) : error
  } finally {
    live.clear()
    await hd.close()
  }
  return command.json
    ? `${visibleJson({ file: command.input, out: command.out, ...done })}\n`
    : `${visible(`${command.input} → ${command.out}`)}  ${formatImage(done!)}\n`
}

/** Where the project's builds keep images. A configuration that nobody named may be broken: that is said. */
async function projectCache(
  root: string,
  cwd: string,
  { config }: UpscaleCommand,
  say: (message: string) => void,
): Promise<CacheOptions | undefined> {
  try {
    const project = await projectOptions(root, config === undefined ? undefined : path.resolve(cwd, config))
    if (!project) return undefined
    const { cache } = resolveHdOptions(project.options, project.root)
    return cache
  } catch (error) {
    if (config !== undefined || !isHdError(error)) throw error
    say(`${formatError(error)}; the default cache is used`)
    return undefined
  }
}

function nameAsTyped({ code, file }: HdError, { input, out, model }: UpscaleCommand): string | undefined {
  if (code === 'HD_OUTPUT') return out
  return code === 'HD_MODEL' ? (model ?? file) : input
}

/** What neural() takes for names of its own; a file of such a name is `./fast`. */
const MODEL_NAMES: ReadonlySet<string> = new Set(['fast', 'quality'])

/** Extensions of images that are read but never written, or not even read. */
const FOREIGN_RE = /^(?:gif|tiff?|svgz?|bmp|heic|heif|jxl|jp2|ico|pdf|psd)$/

/**
 * The format that the output's extension asks for; one that says nothing leaves it to the source.
 * @throws HdError `HD_OUTPUT` for the extension of a format that cannot be written
 */
function formatOf(out: string, name: string): OutputFormat | undefined {
  const extension = path
    .extname(out)
    .slice(1)
    .toLowerCase()
    .replace(/^(?:jpg|jfif)$/, 'jpeg')
  if (FOREIGN_RE.test(extension)) {
    throw new HdError('HD_OUTPUT', `a file called .${extension} would have to be written`, {
      file: name,
      remedy: `Use one of ${OUTPUT_FORMATS.map((format) => `.${FORMAT_FACTS[format].extension}`).join(', ')}, or say '--format'`,
    })
  }
  return isOutputFormat(extension) ? extension : undefined
}

async function refuseOverwriting(input: string, out: string, command: UpscaleCommand): Promise<void> {
  const [from, to] = await Promise.all([input, out].map((file) => realpath(file).catch(() => file)))
  if (from !== to) return
  throw new HdError('HD_OUTPUT', 'the output is the input itself', { file: command.out, remedy: 'Write to another file' })
}

/** Whole or not at all: a reader never sees half of it, and an earlier file stays when writing fails. */
async function write(out: string, bytes: Uint8Array, name: string): Promise<void> {
  const temporary = path.join(path.dirname(out), `.${path.basename(out)}.${randomUUID()}`)
  try {
    await mkdir(path.dirname(out), { recursive: true })
    await writeFile(temporary, bytes)
    await rename(temporary, out)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new HdError('HD_OUTPUT', `the output cannot be written: ${errorMessage(cause)}`, { file: name, cause })
  }
}
