import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { DiskStore } from './disk-store.ts'

/** Facts about a cache folder. */
export interface CacheFacts {
  /** Absolute path. */
  dir: string
  exists: boolean
  /** The folder, or the folder it would be created in, is writable. */
  writable: boolean
  /** Number of masters and variants. */
  entries: number
  /** Total size in bytes. */
  bytes: number
}

/** Inspects a cache folder without changing it. @param dir absolute path; need not exist */
export async function cacheFacts(dir: string): Promise<CacheFacts> {
  let entries = 0
  let bytes = 0
  for await (const { size } of new DiskStore(dir).list()) {
    entries++
    bytes += size
  }
  return { dir, exists: await may(dir, constants.F_OK), writable: await may(await nearest(dir), constants.W_OK), entries, bytes }
}

/** The folder itself, or its nearest existing parent. */
async function nearest(folder: string): Promise<string> {
  const above = path.dirname(folder)
  return above === folder || (await may(folder, constants.F_OK)) ? folder : nearest(above)
}

async function may(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  )
}
