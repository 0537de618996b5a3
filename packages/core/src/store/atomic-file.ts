import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Leftovers of processes that were killed are removed after this time. */
const LEFTOVER_MS = 60 * 60 * 1000

/** Tries while somebody deletes the folders under our hands. */
const MAX_ATTEMPTS = 5

/** Names of the files that {@link writeAtomically} leaves behind when the process is killed. */
export const TEMPORARY_RE: RegExp = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * Writes a file so that no reader ever sees half of it: into `temporaryDir` first, then renamed. Both must be on one file
 * system. Folders are made as needed, again when they are deleted meanwhile.
 */
export async function writeAtomically(temporaryDir: string, file: string, chunks: readonly Uint8Array[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await writeOnce(temporaryDir, file, chunks)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

async function writeOnce(temporaryDir: string, file: string, chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = path.join(temporaryDir, randomUUID())
  await mkdir(temporaryDir, { recursive: true })
  try {
    const handle = await open(temporary, 'wx')
    try {
      for (const chunk of chunks) await handle.writeFile(chunk)
    } finally {
      await handle.close()
    }
    await mkdir(path.dirname(file), { recursive: true })
    await replace(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Windows refuses to replace a file that somebody has open at this moment; a short wait is all it takes. */
async function replace(temporary: string, file: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(temporary, file)
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (attempt >= 8 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY') || process.platform !== 'win32') throw error
      await delay(10 * 2 ** attempt)
    }
  }
}

/**
 * Removes the files in a folder that nobody has touched for an hour. Never fails.
 * @param names what such files are called; whatever has another name belongs to somebody else
 */
export async function removeLeftovers(dir: string, names: RegExp): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (!names.test(name)) continue
    const file = path.join(dir, name)
    const facts = await stat(file).catch(() => undefined)
    if (facts && Date.now() - facts.mtimeMs > LEFTOVER_MS) await rm(file, { force: true }).catch(() => undefined)
  }
}
