import path from 'node:path'
import {
  createHd,
  formatError,
  HdError,
  isHdError,
  ofFile,
  resolveOptions,
  visible,
  type DoneImage,
  type Factor,
  type Hd,
  type HdEvent,
  type ResolvedOptions,
  type OutputFormat,
} from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { createBar } from '../../progress/bar.ts'
import { createLiveLine } from '../../progress/live-line.ts'
import { cacheRoot } from '../cache-root.ts'
import { concurrently } from '../../concurrently.ts'
import type { CliContext } from '../context.ts'
import type { InputImage } from '../images.ts'
import { readProject } from '../project.ts'
import { formatOfName, outputName, refuseOutputs, writeOutput, type Target } from './output.ts'

export interface UpscaleOrder {
  images: readonly InputImage[]
  target: Target
  overwrite: boolean
  factor: Factor
  /** As the user wrote it. */
  model: string | undefined
  format: OutputFormat | undefined
  quality: number | undefined
  config: string | undefined
}

export type Upscaled = { file: string; out: string } & ({ done: DoneImage } | { error: HdError })

/** Built-in model names; a file with such a name is `./fast`. */
const MODEL_NAMES: ReadonlySet<string> = new Set(['fast', 'quality'])

/**
 * Enlarges images with the same pipeline and cache as a build. If one fails, the others are still made.
 * @throws HdError `HD_OUTPUT` before anything is made, `HD_ABORTED`; for a single image also its own error
 */
export async function upscale(order: UpscaleOrder, context: CliContext): Promise<Upscaled[]> {
  const { cwd, stderr, signal } = context
  const { images, model, target } = order
  const isSingle = target.kind === 'file'
  const say = (message: string): void => {
    live.clear()
    bar?.clear()
    stderr.write(`${visible(message)}\n`)
  }
  const live = createLiveLine(stderr, stderr.isTTY !== true)
  const bar = isSingle || images.length < 2 ? undefined : createBar(stderr, images.length, undefined)
  const done = new Map<string, DoneImage>()
  const onEvent = (event: HdEvent): void => {
    if (event.type === 'progress' && isSingle) live.show(`${visible(images[0]!.name)} ${Math.round(100 * event.fraction)} %`)
    if (event.type === 'done') done.set(event.name, event.image)
    if (event.type === 'warning') say(`${isSingle ? images[0]!.name : event.name}: ${event.message}`)
  }
  const { root, cacheDir } = cacheRoot(cwd, process.env)
  const cache = await projectCache(context, order.config, say)
  const file = model === undefined || MODEL_NAMES.has(model) ? model : path.resolve(cwd, model)
  const defaults = resolveOptions(
    {
      ...(cacheDir !== undefined && { cache: { dir: cacheDir } }),
      upscaler: neural(file === undefined ? {} : { model: file }),
      mode: 'on',
    },
    { root, env: process.env, defaultUpscaler: neural },
  )
  const options = cache ? { ...defaults, cache } : defaults
  const hd = createHd(options, { onEvent, log: { debug: () => undefined, info: say, warn: say } })
  const abort = (): void => hd.abort()
  signal.addEventListener('abort', abort)
  try {
    // The pipeline names files relative to the project, but users of a command line expect them as typed.
    const typed = (error: unknown, image: InputImage): unknown =>
      isHdError(error) && error.code !== 'HD_OUTPUT'
        ? ofFile(error, error.code === 'HD_MODEL' ? (model ?? error.file) : image.name)
        : error
    const results: Upscaled[] = []
    const pairs: { image: InputImage; out: string }[] = []
    for (const image of images) {
      try {
        pairs.push({ image, out: await outputOf(hd, image, order) })
      } catch (thrown) {
        const error = typed(thrown, image)
        if (isSingle || !isHdError(error) || images.length === 1) throw error
        say(formatError(error))
        results.push({ file: image.name, out: '', error })
      }
    }
    if (!(isSingle && target.out === '-')) await refuseOutputs(pairs, cwd, order.overwrite)
    await concurrently(pairs, options.concurrency, signal, async ({ image, out }) => {
      try {
        const source = await hd.source(image.file)
        const asset = await hd.job(source, requestOf(order, out)).make()
        if (isSingle && out === '-') context.stdout.write(asset.bytes)
        else await writeOutput(path.resolve(cwd, out), asset.bytes, out)
        const facts = done.get(source.name)!
        results.push({ file: image.name, out, done: facts })
        bar?.tick((facts.source.width * facts.source.height) / 1e6)
      } catch (thrown) {
        const error = typed(thrown, image)
        if (images.length === 1 || signal.aborted || !isHdError(error)) throw error
        say(formatError(error))
        bar?.tick(0)
        results.push({ file: image.name, out, error })
      }
    })
    if (signal.aborted) throw new HdError('HD_ABORTED', `cancelled: ${results.length} of ${images.length} images were written`)
    const position = new Map(images.map(({ name }, index) => [name, index]))
    return results.toSorted((a, b) => position.get(a.file)! - position.get(b.file)!)
  } finally {
    signal.removeEventListener('abort', abort)
    live.clear()
    bar?.clear()
    await hd.close()
  }
}

function requestOf(
  { factor, format, quality, target }: UpscaleOrder,
  out: string,
): { factor: Factor; format: OutputFormat | undefined; quality: number | undefined } {
  const named =
    out === '-' ? undefined : target.kind === 'file' || !target.template.endsWith('[ext]') ? formatOfName(out) : undefined
  return { factor, format: format ?? named, quality }
}

/** The extension matches the format, which defaults to that of the source. */
async function outputOf(hd: Hd, image: InputImage, order: UpscaleOrder): Promise<string> {
  const { target, format, factor } = order
  if (target.kind === 'file') {
    if (format === undefined && target.out !== '-') formatOfName(target.out)
    return target.out
  }
  const known = format ?? hd.job(await hd.source(image.file), { factor }).encoding.format
  const out = outputName(target, image, factor, known)
  if (format === undefined) formatOfName(out)
  return out
}

/** The cache of the project's builds. If a configuration that was not given explicitly is broken, prints that and returns `undefined`. */
async function projectCache(
  context: CliContext,
  config: string | undefined,
  say: (message: string) => void,
): Promise<ResolvedOptions['cache'] | undefined> {
  try {
    const project = await readProject(context, config)
    return project.config === null ? undefined : project.options.cache
  } catch (error) {
    if (config !== undefined || !isHdError(error)) throw error
    say(`${formatError(error)}; using the default cache`)
    return undefined
  }
}
