import type { OutputFormat } from '../request/format.ts'
import type { Demand } from '../schedule/pool.ts'

/**
 * What an image in work needs of the process: RGB and alpha of the source and of the result, the border for resampling, the files
 * that come of it (5 to 12 bytes a pixel of the result were measured), and much more for the AVIF encoder (38).
 * @param level how many times as wide and high as the source the largest image on the way to the result is
 */
export function demandOf(
  { width, height }: { width: number; height: number },
  level: number,
  format: OutputFormat,
  concurrency: number,
): Demand {
  return { weight: (format === 'avif' ? 40 : 16) * level * level * width * height, maxCount: concurrency }
}
