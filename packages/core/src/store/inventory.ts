import { open, stat } from 'node:fs/promises'
import { cacheFolder } from './cache-folder.ts'
import { entryFiles } from './entry-files.ts'
import { parseBeginning } from './entry.ts'
import type { StoredItem } from './store.ts'
import type { SourceFormat } from '../request/format.ts'
import { sniffFormat } from '../source/signature.ts'

/** `unreadable`: it is no entry of its key, or not complete; `verifyCache` finds every other damage as well. */
export type EntryKind = 'master' | 'variant' | 'original' | 'unreadable'

/** An entry with what it says of itself, as far as it does: entries of earlier versions say less. */
export interface InventoryItem extends StoredItem {
  /** Absolute path. */
  file: string
  kind: EntryKind
  /** Of which it was made. */
  image?: { name: string; digest: string }
  upscaler?: string
  format?: SourceFormat
  /** In pixels. */
  width?: number
  height?: number
  factor?: number
  /** Of a lossy variant. */
  quality?: number
}

/** As much of a file as is read: the line, the facts, and the signature of the image. */
const BEGINNING_BYTES = 4096

/** What a cache folder holds, in no order. Nothing is changed, no payload is read. @param dir absolute path, need not exist */
export async function* inventory(dir: string): AsyncGenerator<InventoryItem> {
  for await (const { key, file } of entryFiles(cacheFolder(dir))) {
    const item = await describe(key, file).catch(() => undefined)
    // What went away meanwhile was deleted by somebody else.
    if (item) yield item
  }
}

async function describe(key: string, file: string): Promise<InventoryItem> {
  const { size, mtimeMs: lastUsed } = await stat(file)
  const entry = parseBeginning(key, await beginningOf(file), size)
  const item = { key, file, size, lastUsed }
  if (!entry) return { ...item, kind: 'unreadable' }
  const { upscaler, image, source, ownPng, factor, quality, width, height } = entry.meta as Meta
  const kind = upscaler === undefined ? 'original' : ownPng === undefined ? 'variant' : 'master'
  // The sizes in a variant are those of its master.
  const scale = kind === 'variant' ? (factor ?? (source && width && width / source.width)) : undefined
  const pixels = scale && source ? { width: scale * source.width, height: scale * source.height } : { width, height }
  return {
    ...item,
    kind,
    ...known({
      image,
      upscaler,
      format: formatOf(entry.bytes),
      ...pixels,
      factor: scale ?? (source && width && width / source.width),
      quality,
    }),
  }
}

/** Without what is not known. */
function known<T extends object>(facts: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null)) as {
    [Name in keyof T]?: NonNullable<T[Name]>
  }
}

/** What the job's room writes beside the bytes; all of it may be missing. */
interface Meta {
  upscaler?: string
  image?: { name: string; digest: string }
  source?: { width: number; height: number }
  ownPng?: boolean
  factor?: number
  quality?: number
  width?: number
  height?: number
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
