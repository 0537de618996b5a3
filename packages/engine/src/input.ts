import type { EngineOptions, RgbImage } from './api.ts'
import { EngineError } from './errors.ts'

const MAX_THREADS = 256

/** @throws EngineError `ENGINE_INPUT` */
export function resolveThreads(options: EngineOptions, cores: number): number {
  for (const name of Object.keys(options))
    if (name !== 'threads') throw new EngineError('ENGINE_INPUT', `unknown option '${name}', expected 'threads'`)
  const threads = options.threads ?? Math.min(cores, MAX_THREADS)
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS)
    throw new EngineError('ENGINE_INPUT', `'threads' must be an integer from 1 to ${MAX_THREADS}, not ${String(threads)}`)
  return threads
}

/** @throws EngineError `ENGINE_INPUT` */
export function checkImage({ width, height, data }: RgbImage): void {
  for (const [name, value] of Object.entries({ width, height }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new EngineError('ENGINE_INPUT', `the ${name} of an image must be an integer of 1 or more, not ${String(value)}`)
  if (!(data instanceof Uint8Array)) throw new EngineError('ENGINE_INPUT', 'the data of an image must be a Uint8Array')
  if (data.length !== 3 * width * height)
    throw new EngineError(
      'ENGINE_INPUT',
      `an RGB image of ${width}x${height} has ${3 * width * height} bytes, three per pixel, not ${data.length}`,
    )
}
