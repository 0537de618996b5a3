import type { HdAsset } from './asset.ts'
import { encodeSource } from './encode-source.ts'
import { parseSize } from './facts.ts'
import { checkOriginal } from './foreign.ts'
import { createJob, type Job, type JobDeps, type JobRequest } from './job.ts'
import { originalKey } from './key.ts'
import { refuseWidth, sizeOf, type Size } from './size.ts'
import { fileFacts } from '../request/format.ts'
import { readHeader, type Source } from '../source/source.ts'

/**
 * The image at a width: reduced from the source up to the source's own width, and from the enlarged image beyond. Which one it
 * is takes a look at the source, which a build from the cache does without.
 */
export function createWidthJob(source: Source, request: JobRequest & { width: number }, deps: JobDeps): Job {
  const { options, cache } = deps
  const enlarged = createJob(source, request, deps)
  if (options.mode === 'off') return enlarged
  const { encoding, factor } = enlarged
  const { width } = request
  const key = originalKey(source.digest, encoding.format, encoding.quality, width)

  const planOf = (original: Size): Omit<HdAsset, 'key' | 'bytes'> => ({
    format: encoding.format,
    ...fileFacts(encoding.format),
    ...sizeOf({ factor, width }, original),
    factor: 1,
    isSource: false,
    provisional: false,
    upscaler: undefined,
    source: { width: original.width, height: original.height, format: source.format, bytes: source.bytes.length },
  })
  const findReduced = async (): Promise<HdAsset | undefined> => {
    const entry = await cache.get(key, checkOriginal(source, width, encoding))
    const original = entry && parseSize(entry.meta['source'])
    return original && { key, bytes: entry.bytes, ...planOf(original) }
  }
  const readSize = async (): Promise<Size> => {
    const header = await readHeader(source, options.maxPixels, 1)
    refuseWidth({ factor, width }, header)
    return header
  }

  return {
    ...enlarged,
    find: async () => (await findReduced()) ?? enlarged.find(),
    async plan() {
      const original = await readSize()
      return width <= original.width ? planOf(original) : enlarged.plan()
    },
    async make() {
      const found = await findReduced()
      if (found) return found
      // Made before: no look at the source is needed.
      if (await enlarged.find()) return enlarged.make()
      return deps
        .run(source, async (context) => {
          const original = await readSize()
          if (width > original.width) return undefined
          const size = sizeOf({ factor, width }, original)
          const bytes = await encodeSource(key, source, size, encoding, options, context)
          return { key, bytes, ...planOf(original) }
        })
        .then((reduced) => reduced ?? enlarged.make())
    },
  }
}
