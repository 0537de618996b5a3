import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { DiskStore } from './disk-store.ts'

/** What can be said of a cache folder from outside. */
export interface CacheFacts {
  /** Absolute path. */
  dir: string
  exists: boolean
  /** It, or the folder that it would be made in, can be written. */
  writable: boolean
  /** Masters and variants in it. */
  entries: number
  /** Their size. */
  bytes: number
}

/** Looks at a cache folder without changing it. @param dir absolute path, need not exist */
export async function cacheFacts(dir: string): Promise<CacheFacts> {
  let entries = 0
  let bytes = 0
  for await (const { size } of new DiskStore(dir).list()) {
    entries++
    bytes += size
  }
  return { dir, exists: await may(dir, constants.F_OK), writable: await may(await nearest(dir), constants.W_OK), entries, bytes }
}

/** The folder itself, or the first above it that is there. */
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
