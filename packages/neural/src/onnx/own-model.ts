import type { Logger, UpscalerCheck } from '@unplugin-hd/core'
import { OVERLAP } from '@unplugin-hd/core/tensor'
import { checkModel, type Facts } from '../check.ts'
import type { RgbImage } from '../image.ts'
import { Advice } from './advice.ts'
import type { Inference } from './inference.ts'
import type { OwnModel } from './options.ts'
import type { WorkerSettings } from './protocol.ts'

/** Shared within the process, so that the hint appears once, not once per bundler. */
const advice = new Advice()

/** Increase it when the same model produces different pixels: tiling, input, filter, rounding. */
const ALGORITHM = 2

/**
 * The runtime is not part of the version, because native and WASM agree within one level. Tiling is, because it changes pixels if the
 * model's receptive field exceeds the overlap.
 */
export function versionOf({ model, tile, overlap }: OwnModel): string {
  return `own-${model.digest().slice(0, 16)}-a${ALGORITHM}-t${tile ?? 'auto'}-o${overlap ?? OVERLAP}`
}

/** Models with equal keys can share a worker. */
export function keyOf({ model, runtime, executionProviders, tile, overlap }: OwnModel, threads: number): string {
  return [model.digest(), runtime, JSON.stringify(executionProviders), threads, tile, overlap].join(' ')
}

export function workerSettings({ model, ...settings }: OwnModel, threads: number): WorkerSettings {
  return { ...settings, threads, model: model.bytes(), cwd: process.cwd() }
}

export interface OwnTask {
  /** Of the source, in pixels. */
  width: number
  height: number
  pixels(): Promise<RgbImage>
  signal: AbortSignal
  log: Logger
  onProgress(fraction: number): void
}

/** Doubles the image, or keeps its size if the model only restores. */
export function runOwnModel(inference: Inference, { model }: OwnModel, task: OwnTask): Promise<RgbImage> {
  const { width, height, pixels, signal, log, onProgress } = task
  const advise = () => inference.nativeMissing && advice.give(log)
  advice.count(4 * width * height)
  advise()
  return inference.upscale({
    pixels,
    modelFile: model.file,
    signal,
    onProgress,
    onReady: (runtime, notes) => {
      for (const note of notes) log.warn(`neural: ${note}`)
      log.debug(`neural: ${runtime} runtime, a model of factor ${inference.factor}`)
      advise()
    },
  })
}

/** Checks that a runtime loads and that the model runs. */
export async function checkOwnModel(
  inference: Inference,
  { model }: OwnModel,
  threads: number,
  signal: AbortSignal,
): Promise<UpscalerCheck> {
  const facts: Facts = { model: model.file ?? 'given as bytes', threads }
  return checkModel(facts, async (grey) => {
    await inference.upscale({
      pixels: async () => grey,
      modelFile: model.file,
      signal,
      onProgress: () => undefined,
      onReady: (runtime, notes) => {
        facts['runtime'] = runtime
        if (notes.length > 0) facts['note'] = notes.join('; ')
      },
    })
    if (inference.factor !== undefined) facts['factor'] = inference.factor
    if (inference.nativeMissing) facts['faster with'] = 'onnxruntime-node, which is not installed'
  })
}
