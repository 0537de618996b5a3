import { HdError, type Pixels, type UpscaleContext, type UpscaleInput, type Upscaler } from '@unplugin-hd/core'
import { BuiltIn } from './built-in/built-in.ts'
import { DIGEST, versionOf } from './built-in/models.ts'
import { checkModel } from './check.ts'
import type { RgbImage } from './image.ts'
import { Inference } from './onnx/inference.ts'
import type { OwnModel } from './onnx/options.ts'
import { checkOwnModel, keyOf, runOwnModel, versionOf as ownVersionOf, workerSettings } from './onnx/own-model.ts'
import { type NeuralOptions, resolveOptions } from './options.ts'
import { Registry } from './registry.ts'

/** Shared within the process, so that upscalers with equal settings share their workers. */
const builtIns = new Registry<BuiltIn>()
const inferences = new Registry<Inference>()

const WORKER = new URL('./worker.mjs', import.meta.url)

/** Progress that a model of factor 1 accounts for: such models are larger than the built-in one. */
const RESTORING = 0.8

/**
 * An upscaler that runs a small neural network on the CPU, offline, in worker threads. They start with the first image, are shared by
 * upscalers with equal settings, and do not keep the process alive.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example neural({ model: 'quality', threads: 2 })
 */
export function neural(options?: NeuralOptions): Upscaler {
  const { builtIn: model, own, threads } = resolveOptions(options)
  const user = {}
  let closing = new AbortController()

  const builtIn = (): BuiltIn => builtIns.borrow(String(threads), user, () => new BuiltIn(threads))
  const inference = (of: OwnModel): Inference =>
    inferences.borrow(keyOf(of, threads), user, () => new Inference(WORKER, () => workerSettings(of, threads)))

  return {
    name: 'neural',
    get version() {
      // Whether a custom model only restores is unknown until it runs, so the version always includes the model that would enlarge it.
      return own === undefined ? versionOf(model) : `${ownVersionOf(own)}-${versionOf(model)}`
    },

    async upscale(image: UpscaleInput, context: UpscaleContext): Promise<Pixels> {
      const signal = AbortSignal.any([context.signal, closing.signal])
      const pixels = async () => checkPixels(await image.pixels())
      const report = (share: number) => context.onProgress(share)
      if (own === undefined) return builtIn().upscale({ model, pixels, signal, onProgress: report })
      const runner = inference(own)
      const share = () => (runner.factor === 1 ? RESTORING : 1)
      const { width, height } = image
      const task = { width, height, pixels, signal, log: context.log, onProgress: (done: number) => report(share() * done) }
      const made = await runOwnModel(runner, own, task)
      if (made.width > width) return made
      const onDone = (done: number) => report(RESTORING + (1 - RESTORING) * done)
      return builtIn().upscale({ model, pixels: async () => made, signal, onProgress: onDone })
    },

    async check({ signal }) {
      if (own !== undefined) return checkOwnModel(inference(own), own, threads, signal)
      const facts = { model, weights: DIGEST.slice(0, 16), threads }
      return checkModel(facts, (grey) =>
        builtIn().upscale({ model, pixels: async () => grey, signal, onProgress: () => undefined }),
      )
    },

    /** Images in progress reject with `HD_ABORTED`. */
    async close() {
      closing.abort(new Error('the upscaler was closed'))
      closing = new AbortController()
      await Promise.all([builtIns.release(user), inferences.release(user)])
    },
  }
}

/** With a wrong length, rows would be read out of place. */
function checkPixels(pixels: Pixels): RgbImage {
  const { width, height, data } = pixels
  if (data.length === 3 * width * height && data.length > 0) return pixels
  throw new HdError('HD_RUNTIME', `expected 3 x ${width} x ${height} bytes of pixels, got ${data.length}`)
}
