import type { InventoryItem } from '@unplugin-hd/core'

export interface Share {
  entries: number
  bytes: number
}

/** Statistics of a cache. */
export interface CacheStatistics extends Share {
  /** Number of different images. Entries of earlier versions do not count, because their image is unknown. */
  images: number
  kinds: Record<string, Share>
  upscalers: Record<string, Share>
  formats: Record<string, Share>
  /** Milliseconds since 1970; `null` if the cache is empty. */
  leastRecentlyUsed: number | null
  mostRecentlyUsed: number | null
}

export function statisticsOf(items: readonly InventoryItem[]): CacheStatistics {
  const times = items.map(({ lastUsed }) => lastUsed)
  return {
    entries: items.length,
    bytes: items.reduce((sum, { size }) => sum + size, 0),
    images: new Set(items.flatMap(({ image }) => image?.digest ?? [])).size,
    kinds: shares(items, ({ kind }) => kind),
    upscalers: shares(items, ({ upscaler }) => upscaler),
    formats: shares(items, ({ format }) => format),
    leastRecentlyUsed: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    mostRecentlyUsed: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  }
}

/** Largest first. */
function shares(items: readonly InventoryItem[], by: (item: InventoryItem) => string | undefined): Record<string, Share> {
  const found = new Map<string, Share>()
  for (const item of items) {
    const name = by(item)
    if (name === undefined) continue
    const share = found.get(name) ?? { entries: 0, bytes: 0 }
    found.set(name, { entries: share.entries + 1, bytes: share.bytes + item.size })
  }
  return Object.fromEntries([...found].toSorted(([, a], [, b]) => b.bytes - a.bytes))
}
