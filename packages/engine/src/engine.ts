import type { Engine, EngineOptions, RgbImage, UpscaleOptions } from './api.ts'
import { EngineError } from './errors.ts'
import { checkImage, resolveThreads } from './input.ts'
import { Job } from './job.ts'
import type { Platform } from './platform.ts'
import { Schedule } from './schedule.ts'
import { readWeights } from './weights.ts'

export function createEngineOn(platform: Platform, weights: Uint8Array, options: EngineOptions = {}): Engine {
  const network = readWeights(weights, platform.sha256)
  const schedule = new Schedule(platform, network, resolveThreads(options, platform.cores()))

  async function upscale(image: RgbImage, { signal, onProgress }: UpscaleOptions = {}): Promise<RgbImage> {
    checkImage(image)
    if (signal?.aborted) throw aborted(signal)
    const job = new Job(image, onProgress)
    const abort = (): void => schedule.fail(job, aborted(signal!))
    signal?.addEventListener('abort', abort, { once: true })
    try {
      schedule.add(job)
      return await job.result
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return { factor: 2, digest: network.digest, upscale, close: () => schedule.close() }
}

function aborted({ reason }: AbortSignal): EngineError {
  return new EngineError('ENGINE_ABORTED', 'the image was aborted by its signal', { cause: reason })
}
