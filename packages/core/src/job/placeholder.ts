import { imageOrigin } from './facts.ts'
import { checkPlaceholder } from './foreign.ts'
import { demandOf } from './memory-demand.ts'
import type { JobDeps } from './job.ts'
import { placeholderKey } from './key.ts'
import { encodeOnce } from './variant.ts'
import { encodePlaceholder } from '../image/placeholder.ts'
import { processPool } from '../schedule/memory.ts'
import { createTurn } from '../schedule/turn.ts'
import { readHeader, type Source } from '../source/source.ts'

/** A tiny preview of a source as a `data:` URL, from the cache or made. */
export async function placeholderOf(source: Source, { cache, options, run }: JobDeps): Promise<string> {
  const key = placeholderKey(source.digest)
  const known = await cache.get(key, checkPlaceholder(source))
  if (known) return toUrl(known.bytes)
  return run(source, async (context) => {
    const header = await readHeader(source, options.maxPixels, 1)
    const turn = createTurn(processPool(), demandOf(header, 1, 'webp', options.concurrency), context.signal)
    try {
      const meta = { image: imageOrigin(source) }
      return toUrl(await encodeOnce(key, meta, context, turn, () => encodePlaceholder(source)))
    } finally {
      turn.leave()
    }
  })
}

function toUrl(bytes: Uint8Array): string {
  return `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`
}
