import { HdError, type Pixels, type UpscaleContext, type UpscaleInput, type Upscaler } from '@unplugin-hd/core'
import { Advice } from './advice.ts'
import { checkEngine } from './check.ts'
import type { Engine } from './engine.ts'
import { type NeuralOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { OWN_OVERLAP, type WorkerSettings } from './protocol.ts'
import { borrowEngine, returnEngine } from './registry.ts'

/** For the process: nobody wants to read it once per bundler. */
const advice = new Advice()

/** Goes up when the same weights would give other pixels: how pictures are cut, fed, rounded. */
const ALGORITHM = 1

/**
 * An upscaler that runs a small neural network on the CPU, offline, in a worker thread. The worker starts with the first
 * picture, is shared by all upscalers of the same options, and does not keep the process alive.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example neural({ runtime: 'wasm', threads: 2 })
 */
export function neural(options?: NeuralOptions): Upscaler {
  const resolved = resolveOptions(options)
  const user = {}
  let closing = new AbortController()
  let key: string | undefined

  const engineOf = (): Engine => {
    key ??= keyOf(resolved)
    return borrowEngine(key, user, () => workerSettings(resolved))
  }

  return {
    name: 'neural',
    get version() {
      return versionOf(resolved)
    },

    async upscale(picture: UpscaleInput, context: UpscaleContext): Promise<Pixels> {
      const engine = engineOf()
      const advise = () => engine.nativeMissing && advice.give(context.log)
      advice.count(4 * picture.width * picture.height)
      advise()
      return engine.upscale({
        pixels: async () => checkPixels(await picture.pixels()),
        modelFile: resolved.model.file,
        signal: AbortSignal.any([context.signal, closing.signal]),
        onProgress: (fraction) => context.onProgress(fraction),
        onReady: (runtime, notes) => {
          for (const note of notes) context.log.warn(`neural: ${note}`)
          context.log.debug(`neural: ${runtime} runtime, threads: ${resolved.threads}`)
          advise()
        },
      })
    },

    async check({ signal }) {
      return checkEngine(engineOf(), resolved, signal)
    },

    /** Pictures still at work fail with `HD_ABORTED`. */
    async close() {
      closing.abort(new Error('the upscaler was closed'))
      closing = new AbortController()
      if (key !== undefined) await returnEngine(key, user)
    },
  }
}

/**
 * The runtime is not part of it: native and WASM agree within one level. Nor is the tiling of the default model, which
 * changes no pixel; that of an own model may, where it looks further than the overlap.
 */
function versionOf({ model, tile, overlap }: ResolvedOptions): string {
  const digest = model.digest().slice(0, 16)
  return model.own ? `own-${digest}-a${ALGORITHM}-t${tile}-o${overlap ?? OWN_OVERLAP}` : `hd-x2-${digest}-a${ALGORITHM}`
}

function keyOf({ model, runtime, executionProviders, threads, tile, overlap }: ResolvedOptions): string {
  return [model.digest(), runtime, JSON.stringify(executionProviders), threads, tile, overlap].join(' ')
}

function workerSettings({ model, ...settings }: ResolvedOptions): WorkerSettings {
  return { ...settings, model: model.bytes(), cwd: process.cwd() }
}

/** A wrong length would be read as other pixels. */
function checkPixels(pixels: Pixels): Pixels {
  const { width, height, data } = pixels
  if (data.length === 3 * width * height && data.length > 0) return pixels
  throw new HdError('HD_RUNTIME', `expected 3 x ${width} x ${height} bytes of pixels, got ${data.length}`)
}
