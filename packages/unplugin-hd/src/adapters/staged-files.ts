import { mkdir, mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { errorMessage, HdError, readWhole, writeAtomically } from '@unplugin-hd/core'

/** Folder below the given one. */
const STAGED_DIR = 'unplugin-hd'

/** The time of the last use is written at most this often. */
const USE_INTERVAL_MS = 60 * 60 * 1000

/** Files that no build has used for a day are removed. No build takes that long. */
const KEEP_MS = 24 * USE_INTERVAL_MS

const KEY_RE = /^[\da-f]{64}$/

/**
 * Files for bundlers whose asset handling needs paths: every asset has a folder named by its key and keeps its own name. They are no
 * entries of the store, so that a build survives when the cache is trimmed meanwhile.
 */
export interface StagedFiles {
  /**
   * The absolute path of a file with exactly these bytes and this name. An existing file is compared, and written again if it is
   * damaged.
   * @param key 64 hexadecimal digits
   * @throws HdError `HD_CACHE_IO` when it can be written neither there nor in the system's temporary folder
   */
  file(asset: { key: string; bytes: Uint8Array }, name: string): Promise<string>
  /** Removes the files that no build has used for a day. Never fails. */
  sweep(): Promise<void>
}

/** @param cacheDir absolute path @param option the user's option that sets it, for errors */
export function createStagedFiles(cacheDir: string, option: string): StagedFiles {
  const preferred = path.join(cacheDir, STAGED_DIR)
  let dir: Promise<string> | undefined
  let hasNewFiles = false

  const stage = async (folder: string, name: string, bytes: Uint8Array): Promise<string> => {
    const file = path.join(folder, name)
    const current = await readWhole(file).catch(() => undefined)
    if (current && Buffer.compare(current.bytes, bytes) === 0) {
      await touch(folder)
      return file
    }
    await writeAtomically(path.join(folder, '..', 'tmp'), file, [bytes])
    hasNewFiles = true
    return file
  }

  return {
    async file({ key, bytes }, name) {
      if (!KEY_RE.test(key) || path.basename(name) !== name) throw new TypeError(`not a file name: '${key}/${name}'`)
      try {
        return await stage(path.join(await (dir ??= writableDir(preferred)), key), name, bytes)
      } catch (cause) {
        dir = undefined
        throw new HdError('HD_CACHE_IO', `a file for the bundler cannot be written: ${errorMessage(cause)}`, {
          cause,
          remedy: `Make ${cacheDir} (${option}) writable, and see that the disk has room`,
        })
      }
    },
    async sweep() {
      if (!hasNewFiles) return
      hasNewFiles = false
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

async function touch(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => undefined)
  const isOld = facts && Math.abs(Date.now() - facts.mtimeMs) > USE_INTERVAL_MS
  if (isOld) await utimes(folder, new Date(), new Date()).catch(() => undefined)
}

/** The folder, or a temporary one for this process when the project is read-only. */
async function writableDir(preferred: string): Promise<string> {
  try {
    await mkdir(path.join(preferred, 'tmp'), { recursive: true })
    // mkdir() of a folder that exists succeeds on a read-only disk too.
    await rm(await mkdtemp(path.join(preferred, 'tmp', 'probe-')), { recursive: true })
    return preferred
  } catch {
    const dir = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-'))
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    return dir
  }
}
