import { rm } from 'node:fs/promises'
import { cacheFolder, isClaimed } from './cache-folder.ts'
import { ageOf } from './disk-store.ts'
import type { StoredItem } from './store.ts'
import { errorMessage, HdError } from '../errors.ts'

export interface PruneOptions {
  /** The maximum size in bytes. The least recently used entries are deleted first. @default no limit */
  maxBytes?: number
  /** Deletes entries that were not used for this many milliseconds. @default keeps old entries */
  unusedForMs?: number
  /** Only lists what would be deleted. @default false */
  dryRun?: boolean
}

/** An entry of a cache folder. */
export interface StoredFile extends StoredItem {
  /** Absolute path. */
  file: string
}

export interface Pruned<Item> {
  /** The deleted entries, or those that would be; least recently used first. */
  removed: Item[]
  /** Bytes of what stays, and how many entries these are. */
  bytes: number
  entries: number
}

/**
 * Deletes old entries of a cache, or those beyond a size. Unlike the eviction in builds, it also deletes entries that were used
 * recently.
 * @param dir absolute path
 * @param entries all that it holds
 * @throws HdError `HD_CACHE_IO` where the folder was not made by us, or cannot be written
 */
export async function pruneCache<Item extends StoredFile>(
  dir: string,
  entries: readonly Item[],
  { maxBytes = Infinity, unusedForMs = Infinity, dryRun = false }: PruneOptions,
): Promise<Pruned<Item>> {
  const now = Date.now()
  const items = entries.toSorted((a, b) => ageOf(b, now) - ageOf(a, now))
  let bytes = items.reduce((sum, { size }) => sum + size, 0)
  const removed = items.filter((item) => {
    if (ageOf(item, now) < unusedForMs && bytes <= maxBytes) return false
    bytes -= item.size
    return true
  })
  if (!dryRun) await removeEntries(dir, removed)
  return { removed, bytes, entries: items.length - removed.length }
}

/** @throws HdError like {@link pruneCache} */
export async function removeEntries(dir: string, items: readonly { file: string }[]): Promise<void> {
  if (items.length === 0) return
  if (!(await isClaimed(cacheFolder(dir)))) {
    throw new HdError('HD_CACHE_IO', 'nothing is deleted, because CACHEDIR.TAG is missing: it may not be a cache folder', {
      file: cacheFolder(dir).owned,
    })
  }
  for (const { file } of items) {
    await rm(file, { force: true }).catch((cause: unknown) => {
      throw new HdError('HD_CACHE_IO', `it cannot be deleted: ${errorMessage(cause)}`, { file, cause })
    })
  }
}
