import { open, stat } from 'node:fs/promises'
import { cacheFolder } from '../store/cache-folder.ts'
import { entryFiles } from '../store/entry-files.ts'
import { parseBeginning } from '../store/entry.ts'
import type { StoredFile } from '../store/prune.ts'
import { describeEntry, type EntryDescription } from './facts.ts'
import type { SourceFormat } from '../request/format.ts'
import { sniffFormat } from '../source/signature.ts'

/** `unreadable`: not an entry of its key, or incomplete; `verifyCache` finds all other damage. */
export type EntryKind = EntryDescription['kind'] | 'unreadable'

/** An entry of a cache folder, with its facts. */
export interface InventoryItem extends StoredFile, Partial<Omit<EntryDescription, 'kind'>> {
  kind: EntryKind
  format?: SourceFormat
}

/** As much of a file as is read: the line, the facts, and the signature of the image. */
const BEGINNING_BYTES = 4096

/** What a cache folder holds, in no order. Nothing is changed, no payload is read. @param dir absolute path, need not exist */
export async function* inventory(dir: string): AsyncGenerator<InventoryItem> {
  for await (const { key, file } of entryFiles(cacheFolder(dir))) {
    const item = await describe(key, file).catch(() => undefined)
    // Another process deleted it meanwhile.
    if (item) yield item
  }
}

async function describe(key: string, file: string): Promise<InventoryItem> {
  const { size, mtimeMs: lastUsed } = await stat(file)
  const entry = parseBeginning(key, await beginningOf(file), size)
  const item = { key, file, size, lastUsed }
  if (!entry) return { ...item, kind: 'unreadable' }
  const format = formatOf(entry.bytes)
  return { ...item, ...describeEntry(entry.meta), ...(format && { format }) }
}

function formatOf(beginning: Uint8Array): SourceFormat | undefined {
  try {
    return sniffFormat(beginning, '')
  } catch {
    return undefined
  }
}

async function beginningOf(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
