import { formatError, HdError, isHdError, visible, type Hd } from '@unplugin-hd/core'
import { toBundlerError, withoutStack } from './bundler-error.ts'
import type { Origin } from './origin.ts'
import { makersOf, type Makers } from '../shape/makers.ts'

/** The images that a build with `mode: 'cache-only'` did not find in the cache, reported together when it ends. */
export interface Misses {
  /** Makers that record a miss, and return the source in place of its 2x. */
  makers(origin: Origin | undefined): Makers
  /**
   * Throws once if an image is missing. For bundlers that write their files before the build ends: only an error while loading stops
   * them.
   */
  stop(): void
  /** Returns the error that names every missing image, if there was one, and resets the list. */
  take(): Promise<unknown>
}

/** Images beyond this are only counted. */
const MAX_NAMED = 200

interface Miss {
  error: HdError
  origin: Origin | undefined
}

export function createMisses(hd: Hd): Misses {
  /** By image, so that several imports of an image are one miss. */
  let missing = new Map<string, Miss>()
  let stopped = false
  return {
    makers: (origin) => ({
      ...makersOf(hd),
      async enlarge(source, request) {
        const job = hd.job(source, request)
        try {
          return await job.make()
        } catch (error) {
          if (!isHdError(error) || error.code !== 'HD_CACHE_MISS') throw error
          if (!missing.has(source.name)) missing.set(source.name, { error, origin })
          return job.unscaled()
        }
      },
    }),
    stop() {
      if (stopped || missing.size === 0) return
      stopped = true
      throw new Error("nothing is written, because images are not in the cache and 'mode' is 'cache-only'")
    },
    async take() {
      const all = [...missing.values()]
      missing = new Map()
      stopped = false
      if (all.length === 0) return undefined
      const [{ error, origin }] = all as [Miss]
      if (all.length === 1) return toBundlerError(error, await origin?.where(), origin?.reference)
      const where = hd.store.location ?? 'given by cache.store'
      const what = `the 2x of ${all.length} images is not in the cache ${where}, and 'mode' is 'cache-only'`
      const summary = new HdError(error.code, what, { remedy: error.remedy })
      return withoutStack(summary, [`${formatError(summary)}:`, ...(await listOf(all))].join('\n  '))
    },
  }
}

/** The missing images, sorted by place. */
async function listOf(misses: readonly Miss[]): Promise<string[]> {
  const lines = await Promise.all(
    misses.slice(0, MAX_NAMED).map(async ({ error, origin }) => {
      const written = await origin?.where()
      return visible(origin && written ? `${written.text}: '${origin.reference}'` : error.file!)
    }),
  )
  lines.sort(new Intl.Collator('en', { numeric: true }).compare)
  return misses.length > MAX_NAMED ? [...lines, `… and ${misses.length - MAX_NAMED} more`] : lines
}
