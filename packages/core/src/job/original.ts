import { originalAsset, type Asset } from './asset.ts'
import { encodeSource } from './encode-source.ts'
import { fileFacts } from '../request/format.ts'
import type { EncodingRequest, JobDeps } from './job.ts'
import { checkOriginal } from './foreign.ts'
import { originalKey } from './key.ts'
import type { Source } from '../source/source.ts'
import { toEncoding } from './variant.ts'

/** The source at its own size: its own bytes, or encoded in another format. */
export interface OriginalJob {
  readonly source: Source
  /** The key that the asset will have; 64 hexadecimal digits. */
  readonly key: string
  /** Facts that are known before the asset is made. */
  readonly plan: Omit<Asset, 'key' | 'bytes'>
  /** The asset if it is cached; makes nothing. */
  find(): Promise<Asset | undefined>
  /** @throws HdError `HD_SOURCE_…`, `HD_ENCODE`, `HD_QUERY`, `HD_ABORTED` */
  make(): Promise<Asset>
}

/** @param request without `format` the asset is the source file itself */
export function createOriginalJob(source: Source, { format, quality }: EncodingRequest, deps: JobDeps): OriginalJob {
  const { options, cache } = deps
  if (format === undefined) {
    const { bytes: _, ...facts } = originalAsset(source)
    const asset = async (): Promise<Asset> => originalAsset(source)
    return { source, key: facts.key, plan: facts, find: asset, make: asset }
  }
  const encoding = toEncoding(format, quality ?? options.quality)
  const key = originalKey(source.digest, format, encoding.quality)
  const plan = { format, ...fileFacts(format) }
  const find = async (): Promise<Asset | undefined> => {
    const entry = await cache.get(key, checkOriginal(source, undefined, encoding))
    return entry && { key, bytes: entry.bytes, ...plan }
  }
  return {
    source,
    key,
    plan,
    find,
    make: () =>
      deps.run(source, async (context) => {
        const found = await find()
        if (found) return found
        const bytes = await encodeSource(key, source, undefined, encoding, options, context)
        return { key, bytes, ...plan }
      }),
  }
}
