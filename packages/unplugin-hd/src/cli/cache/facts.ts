import { inventory, type InventoryItem } from '@unplugin-hd/core'

const HOUR_MS = 3_600_000

/** The entries of a cache, most recently used first. */
export async function entriesOf(dir: string): Promise<InventoryItem[]> {
  const items: InventoryItem[] = []
  for await (const item of inventory(dir)) items.push(item)
  return items.toSorted((a, b) => b.lastUsed - a.lastUsed || (a.key < b.key ? -1 : 1))
}

/** `2x jpeg, quality 85`, `master png`, `1x webp` */
export function describeKind({ kind, factor, format, quality }: InventoryItem): string {
  if (kind === 'unreadable') return 'damaged'
  const size = kind === 'master' ? 'master' : kind === 'original' ? '1x' : factor === undefined ? 'variant' : `${factor}x`
  return `${size} ${format ?? '?'}${quality === undefined ? '' : `, quality ${quality}`}`
}

/** `just now`, `5 h ago`, `12 d ago`; `unknown` for a time in the future, from a wrong clock. */
export function formatAge(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS)
  if (hours < 0) return 'unknown'
  if (hours < 1) return 'just now'
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`
}

/** Enough digits to identify a key, for display. */
export function shortKey(key: string): string {
  return key.slice(0, 12)
}

/** The form that `--json` prints. */
export function jsonOf({ key, file, size, lastUsed, ...facts }: InventoryItem): Record<string, unknown> {
  return { key, file, bytes: size, lastUsed: new Date(lastUsed).toISOString(), ...facts }
}
