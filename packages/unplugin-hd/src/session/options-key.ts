import { createHash } from 'node:crypto'
import { canonicalFormat, type ResolvedOptions } from '@unplugin-hd/core'

/**
 * Short text that changes whenever an import may give other bytes or another value, for bundlers that keep results of their
 * own between runs. Nothing in it is of this machine.
 */
export function optionsKey({ upscalers, mode, onError, format, quality, maxPixels }: ResolvedOptions): string {
  const chain = upscalers.map(({ name, version, accepts }) => [
    name,
    version,
    accepts ? { ...accepts, formats: accepts.formats?.map((each) => canonicalFormat(each)) } : null,
  ])
  return createHash('sha256')
    .update(JSON.stringify([chain, mode, onError, format ?? null, quality, maxPixels]))
    .digest('hex')
    .slice(0, 16)
}
