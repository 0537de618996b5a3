import { HdError, type Pixels, type UpscaleContext, type UpscaleInput, type Upscaler } from '@unplugin-hd/core'
import { Advice } from './onnx/advice.ts'
import { checkInference } from './check.ts'
import type { Inference } from './onnx/inference.ts'
import { type NeuralOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { DEFAULT_DIGEST, defaultModel } from './onnx/model.ts'
import { OWN_OVERLAP, type WorkerSettings } from './onnx/protocol.ts'
import { borrowInference, returnInference } from './registry.ts'

/** For the process: nobody wants to read it once per bundler. */
const advice = new Advice()

/** Goes up when the same weights would give other pixels: how images are cut, fed, rounded. */
const ALGORITHM = 1

/**
 * An upscaler that runs a small neural network on the CPU, offline, in a worker thread. The worker starts with the first
 * image, is shared by all upscalers of the same options, and does not keep the process alive.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example neural({ runtime: 'wasm', threads: 2 })
 */
export function neural(options?: NeuralOptions): Upscaler {
  const resolved = resolveOptions(options)
  // What a model of factor 1 restores is enlarged by the weights of this package.
  const builtIn: ResolvedOptions = { ...resolved, model: defaultModel(), tile: undefined, overlap: undefined }
  const user = {}
  const keys = new Set<string>()
  let closing = new AbortController()

  const borrow = (settings: ResolvedOptions): Inference => {
    const key = keyOf(settings)
    keys.add(key)
    return borrowInference(key, user, () => workerSettings(settings))
  }

  return {
    name: 'neural',
    get version() {
      return versionOf(resolved)
    },

    async upscale(image: UpscaleInput, context: UpscaleContext): Promise<Pixels> {
      const signal = AbortSignal.any([context.signal, closing.signal])
      const run = (settings: ResolvedOptions, pixels: () => Promise<Pixels>, onProgress: (fraction: number) => void) => {
        const inference = borrow(settings)
        const advise = () => inference.nativeMissing && advice.give(context.log)
        advise()
        return inference.upscale({
          pixels: async () => checkPixels(await pixels()),
          modelFile: settings.model.file,
          signal,
          onProgress,
          onReady: (runtime, notes) => {
            for (const note of notes) context.log.warn(`neural: ${note}`)
            context.log.debug(`neural: ${runtime} runtime, threads: ${settings.threads}`)
            advise()
          },
        })
      }
      advice.count(4 * image.width * image.height)
      const share = () => (borrow(resolved).factor === 1 ? RESTORING : 1)
      const made = await run(
        resolved,
        () => image.pixels(),
        (fraction) => context.onProgress(share() * fraction),
      )
      if (made.width > image.width) return made
      return run(
        builtIn,
        async () => made,
        (fraction) => context.onProgress(RESTORING + (1 - RESTORING) * fraction),
      )
    },

    async check({ signal }) {
      return checkInference(borrow(resolved), resolved, signal)
    },

    /** Images still at work fail with `HD_ABORTED`. */
    async close() {
      closing.abort(new Error('the upscaler was closed'))
      closing = new AbortController()
      const given = [...keys].map((key) => returnInference(key, user))
      keys.clear()
      await Promise.all(given)
    },
  }
}

/**
 * The runtime is not part of it: native and WASM agree within one level. Nor is the tiling of the default model, which
 * changes no pixel; that of an own model may, where it looks further than the overlap. Whether an own model only restores is
 * known once it has run, so the weights that would enlarge its result are always part of it.
 */
function versionOf({ model, tile, overlap }: ResolvedOptions): string {
  const builtIn = `hd-x2-${DEFAULT_DIGEST.slice(0, 16)}-a${ALGORITHM}`
  if (!model.own) return builtIn
  return `own-${model.digest().slice(0, 16)}-t${tile ?? 'auto'}-o${overlap ?? OWN_OVERLAP}-${builtIn}`
}

function keyOf({ model, runtime, executionProviders, threads, tile, overlap }: ResolvedOptions): string {
  return [model.digest(), runtime, JSON.stringify(executionProviders), threads, tile, overlap].join(' ')
}

function workerSettings({ model, ...settings }: ResolvedOptions): WorkerSettings {
  return { ...settings, model: model.bytes(), cwd: process.cwd() }
}

/** Share of the work that a model of factor 1 takes: they are larger than the built-in one. */
const RESTORING = 0.8

/** A wrong length would be read as other pixels. */
function checkPixels(pixels: Pixels): Pixels {
  const { width, height, data } = pixels
  if (data.length === 3 * width * height && data.length > 0) return pixels
  throw new HdError('HD_RUNTIME', `expected 3 x ${width} x ${height} bytes of pixels, got ${data.length}`)
}
