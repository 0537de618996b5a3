import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * The one folder below `cache.dir` that the cache owns. Everything that it makes, renames or deletes lies in there, so that
 * `cache.dir` may be any folder, also one with files of the user. The number is that of the layout: a folder of another
 * version belongs to that version.
 */
const OWNED = 'hd-v2'

/** Cache Directory Tagging Specification, https://bford.info/cachedir/: backup tools skip the folder. */
const TAG_NAME = 'CACHEDIR.TAG'
const TAG_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55'
const TAG = `${TAG_SIGNATURE}
# This folder was made by unplugin-hd and may be deleted at any time.
# For information about cache directory tags, see https://bford.info/cachedir/
`

/** For a cache that is committed: what only matters while processes run. */
const GITIGNORE = '/locks/\n/tmp/\n'

/** Where the parts of a cache lie. Absolute paths. */
export interface CacheFolder {
  /** The folder that the cache owns. */
  owned: string
  /** Entries: `entries/<first two digits>/<key>`. */
  entries: string
  /** Files that are being written; on the same file system as the others. */
  temporary: string
  /** Lock files: `locks/<key>.lock`. */
  locks: string
  /** What upscalers remember. */
  memo: string
}

/** @param dir absolute path of the option `cache.dir` */
export function cacheFolder(dir: string): CacheFolder {
  const owned = path.join(dir, OWNED)
  return {
    owned,
    entries: path.join(owned, 'entries'),
    temporary: path.join(owned, 'tmp'),
    locks: path.join(owned, 'locks'),
    memo: path.join(owned, 'memo'),
  }
}

/** Makes the folder and marks it as ours. What is there already stays as it is. */
export async function claim({ owned }: CacheFolder): Promise<void> {
  await mkdir(owned, { recursive: true })
  await createFile(path.join(owned, TAG_NAME), TAG)
  await createFile(path.join(owned, '.gitignore'), GITIGNORE)
}

/** Whether the folder bears our mark. Where it does not, nothing is deleted. */
export async function isClaimed({ owned }: CacheFolder): Promise<boolean> {
  const tag = await readFile(path.join(owned, TAG_NAME), 'latin1').catch(() => '')
  return tag.startsWith(TAG_SIGNATURE)
}

async function createFile(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
