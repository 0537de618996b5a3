import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { parseEntry } from './entry.ts'
import { entryFiles } from './entry-files.ts'
import { removeEntries } from './prune.ts'
import { readWhole } from '../source/read-file.ts'

export interface DamagedEntry {
  key: string
  /** Absolute path. */
  file: string
  size: number
  /** `memo`: a value that an upscaler remembers, such as the id of a paid result. */
  kind: 'entry' | 'memo'
}

export interface Verification {
  checked: number
  bytes: number
  damaged: DamagedEntry[]
  /** How many of these were deleted. */
  removed: number
}

/**
 * Reads every entry of a cache whole and compares it with its digest. A damaged one does no harm: it counts as missing, and
 * is made again.
 * @param dir absolute path, need not exist
 * @param fix deletes damaged entries
 * @throws HdError `HD_CACHE_IO` when that fails
 */
export async function verifyCache(
  dir: string,
  { fix = false, onChecked = () => undefined }: { fix?: boolean; onChecked?: (checked: number) => void } = {},
): Promise<Verification> {
  const found: Verification = { checked: 0, bytes: 0, damaged: [], removed: 0 }
  for await (const { key, file, kind } of allFiles(dir)) {
    const read = await readWhole(file).catch((error: NodeJS.ErrnoException) => error)
    // Deleted meanwhile.
    if (read instanceof Error && read.code === 'ENOENT') continue
    const size = read instanceof Error ? 0 : read.bytes.length
    found.checked++
    found.bytes += size
    if (read instanceof Error || !isWhole(key, read.bytes)) found.damaged.push({ key, file, size, kind })
    onChecked(found.checked)
  }
  if (fix) {
    await removeEntries(dir, found.damaged)
    found.removed = found.damaged.length
  }
  return found
}

/** A file may be a folder, or hold facts that are no JSON under a digest that fits. */
function isWhole(key: string, bytes: Uint8Array): boolean {
  try {
    return parseEntry(key, bytes) !== undefined
  } catch {
    return false
  }
}

async function* allFiles(dir: string): AsyncGenerator<{ key: string; file: string; kind: DamagedEntry['kind'] }> {
  for await (const { key, file } of entryFiles(cacheFolder(dir))) yield { key, file, kind: 'entry' }
  const { memo } = cacheFolder(dir)
  for (const folder of await readdir(memo).catch(() => []))
    for (const key of await readdir(path.join(memo, folder)).catch(() => []))
      yield { key, file: path.join(memo, folder, key), kind: 'memo' }
}
