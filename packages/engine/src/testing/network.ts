import type { Layer } from '../weights.ts'
import { createNoise } from './noise.ts'

/** A network with random numbers, scaled so that values keep their magnitude. @param count layers with `channels` outputs */
export function createLayers(channels: number, count: number, seed = 1): Layer[] {
  const noise = createNoise(seed)
  const random = (size: number): number => (noise() / 2 ** 31 - 1) * size
  return Array.from({ length: count + 1 }, (_, index) => {
    const inputs = index === 0 ? 3 : channels
    const outputs = index === count ? 12 : channels
    const size = Math.sqrt(6 / (9 * inputs))
    const kernel = Float32Array.from({ length: outputs * inputs * 9 }, () => random(size))
    const bias = Float32Array.from({ length: outputs }, () => random(20) + (index === count ? 0.5 : 0))
    return { inputs, outputs, kernel, bias, slope: index === count ? 1 : 0.1 + (0.8 * index) / count }
  })
}
