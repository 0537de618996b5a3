import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Temporary files of killed processes are removed after this time. */
const LEFTOVER_MS = 60 * 60 * 1000

/** Attempts when the folder is deleted while writing. */
const MAX_ATTEMPTS = 5

/** Less is joined and written by one call: each costs a round trip to the thread pool. */
const SMALL_BYTES = 1024 * 1024

/** Folders that this process has made or found, and need not ask for again until one is missing. */
const folders = new Set<string>()

/** The names of temporary files of {@link writeAtomically}. */
export const TEMPORARY_RE: RegExp = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * Writes a file so that readers never see a partial one: to `temporaryDir` first, then renamed. Both must be on the same file
 * system. Folders are created as needed, also when they are deleted meanwhile.
 */
export async function writeAtomically(temporaryDir: string, file: string, chunks: readonly Uint8Array[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(temporaryDir, file, chunks)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      folders.delete(temporaryDir)
      folders.delete(path.dirname(file))
    }
  }
}

async function writeOnce(temporaryDir: string, file: string, chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = path.join(temporaryDir, randomUUID())
  await makeFolder(temporaryDir)
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
  try {
    await writeFile(temporary, bytes <= SMALL_BYTES ? Buffer.concat(chunks) : chunks, { flag: 'wx' })
    await makeFolder(path.dirname(file))
    await patiently(() => rename(temporary, file))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function makeFolder(folder: string): Promise<void> {
  if (folders.has(folder)) return
  await mkdir(folder, { recursive: true })
  folders.add(folder)
}

/** Windows refuses to replace a file that is open; a short wait is enough. */
export async function patiently(replace: () => Promise<void>, platform: NodeJS.Platform = process.platform): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await replace()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (attempt >= 8 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY') || platform !== 'win32') throw error
      await delay(10 * 2 ** attempt)
    }
  }
}

/**
 * Removes files in a folder that were not touched for an hour. Never fails.
 * @param names matches the names to remove; other files are left alone
 */
export async function removeLeftovers(dir: string, names: RegExp): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (!names.test(name)) continue
    const file = path.join(dir, name)
    const facts = await stat(file).catch(() => undefined)
    if (facts && Date.now() - facts.mtimeMs > LEFTOVER_MS) await rm(file, { force: true }).catch(() => undefined)
  }
}
