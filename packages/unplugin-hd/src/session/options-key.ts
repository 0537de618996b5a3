import { createHash } from 'node:crypto'
import { canonicalFormat, type ResolvedOptions } from '@unplugin-hd/core'
import type { ResolvedHdOptions } from '../options.ts'

type KeyOptions = ResolvedOptions & Pick<ResolvedHdOptions, 'stub'>

/**
 * A short key that changes whenever an import may produce other bytes or another value, for bundlers with a persistent cache. It does
 * not depend on the machine.
 */
export function optionsKey({ upscalers, mode, onError, format, quality, maxPixels, stub }: KeyOptions): string {
  const chain = upscalers.map(({ name, version, accepts }) => [
    name,
    version,
    accepts ? { ...accepts, formats: accepts.formats?.map((each) => canonicalFormat(each)) } : null,
  ])
  return createHash('sha256')
    .update(JSON.stringify([chain, stub ? 'stub' : mode, onError, format ?? null, quality, maxPixels]))
    .digest('hex')
    .slice(0, 16)
}
