import { mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { errorMessage, HdError, readWhole, writeAtomically } from '@unplugin-hd/core'

/** Folder below Vite's `cacheDir`. */
const STAGED_DIR = 'unplugin-hd'

/** A use is noted on disk at most this often. */
const USE_GRAIN_MS = 60 * 60 * 1000

/** What no build used for this long is removed; far longer than any build needs a file. */
const KEEP_MS = 24 * USE_GRAIN_MS

const KEY_RE = /^[\da-f]{64}$/

/**
 * Files for Vite's own asset handling, which wants paths: an asset in a folder of its key, under its own name. They lie in
 * Vite's cache folder and not in ours, so that a build does not depend on what happens to ours meanwhile (eviction by
 * another process, somebody who deletes it).
 */
export interface StagedFiles {
  /**
   * Absolute path of a file with exactly these bytes and this name. What lies there already is compared, so that damage is
   * mended.
   * @param key 64 hexadecimal digits
   * @throws HdError `HD_CACHE_IO` when it can be written neither there nor in the system's temporary folder
   */
  file(asset: { key: string; bytes: Uint8Array }, name: string): Promise<string>
  /** Removes what no build used for a day. Never fails. */
  sweep(): Promise<void>
}

/** @param cacheDir absolute path of Vite's `cacheDir` */
export function createStagedFiles(cacheDir: string): StagedFiles {
  const preferred = path.join(cacheDir, STAGED_DIR)
  let dir: Promise<string> | undefined
  let grown = false

  const stage = async (folder: string, name: string, bytes: Uint8Array): Promise<string> => {
    const file = path.join(folder, name)
    const current = await readWhole(file).catch(() => undefined)
    if (current && Buffer.compare(current.bytes, bytes) === 0) {
      await noteUse(folder)
      return file
    }
    await writeAtomically(path.join(folder, '..', 'tmp'), file, [bytes])
    grown = true
    return file
  }

  return {
    async file({ key, bytes }, name) {
      if (!KEY_RE.test(key) || path.basename(name) !== name) throw new TypeError(`no name of a file: '${key}/${name}'`)
      try {
        return await stage(path.join(await (dir ??= writable(preferred)), key), name, bytes)
      } catch (cause) {
        dir = undefined
        throw new HdError('HD_CACHE_IO', `a file for Vite cannot be written: ${errorMessage(cause)}`, {
          cause,
          remedy: `Make ${cacheDir} (Vite's option 'cacheDir') writable, and see that the disk has room`,
        })
      }
    },
    async sweep() {
      if (!grown) return
      grown = false
      for (const key of await readdir(preferred).catch(() => [])) {
        const folder = path.join(preferred, key)
        const facts = KEY_RE.test(key) && (await stat(folder).catch(() => undefined))
        if (facts && Math.abs(Date.now() - facts.mtimeMs) > KEEP_MS) {
          await rm(folder, { recursive: true, force: true }).catch(() => undefined)
        }
      }
    },
  }
}

async function noteUse(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => undefined)
  const isOld = facts && Math.abs(Date.now() - facts.mtimeMs) > USE_GRAIN_MS
  if (isOld) await utimes(folder, new Date(), new Date()).catch(() => undefined)
}

/** The folder, or where the project cannot be written, one for this process that goes with it. */
async function writable(preferred: string): Promise<string> {
  try {
    await mkdir(path.join(preferred, 'tmp'), { recursive: true })
    // Making a folder that is there succeeds on a read-only disk as well.
    await rm(await mkdtemp(path.join(preferred, 'tmp', 'probe-')), { recursive: true })
    return preferred
  } catch {
    const dir = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-'))
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    return dir
  }
}
