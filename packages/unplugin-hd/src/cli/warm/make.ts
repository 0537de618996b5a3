import { formatError, isHdError, type Hd } from '@unplugin-hd/core'
import { createBar } from '../../progress/bar.ts'
import { makersOf } from '../../shape/makers.ts'
import { createShape } from '../../shape/shape.ts'
import { concurrently } from '../../concurrently.ts'
import type { CliContext } from '../context.ts'
import type { MissingImage } from './survey.ts'

export interface Made {
  made: number
  failures: string[]
}

/** Makes the missing images. If one fails, the others are still made. */
export async function makeMissing(
  hd: Hd,
  missing: readonly MissingImage[],
  { stderr, signal }: Pick<CliContext, 'stderr' | 'signal'>,
): Promise<Made> {
  const total = missing.reduce((sum, { megapixels }) => sum + megapixels, 0)
  const bar = createBar(stderr, missing.length, total)
  const result: Made = { made: 0, failures: [] }
  await concurrently(missing, 2 * hd.options.concurrency, signal, async ({ file, requests, megapixels }) => {
    try {
      const source = await hd.source(file)
      for (const request of requests) await createShape(makersOf(hd), source, request)
      result.made++
    } catch (error) {
      if (!isHdError(error)) throw error
      if (!signal.aborted) result.failures.push(formatError(error))
    }
    if (!signal.aborted) bar.tick(megapixels)
  }).finally(bar.clear)
  return result
}
