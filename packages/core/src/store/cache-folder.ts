import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * The folder below `cache.dir` that the cache owns. Everything it creates, renames or deletes is inside, so `cache.dir` may be any
 * folder, even one with other files. The number is the version of the layout; folders of other versions are left alone.
 */
const OWNED = 'hd-v2'

/** Cache Directory Tagging Specification, https://bford.info/cachedir/: backup tools skip the folder. */
const TAG_NAME = 'CACHEDIR.TAG'
const TAG_SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55'
const TAG = `${TAG_SIGNATURE}
# This folder was made by unplugin-hd and may be deleted at any time.
# For information about cache directory tags, see https://bford.info/cachedir/
`

/** For a committed cache: ignores what only running processes need, and memos, which every machine changes. */
const GITIGNORE = '/locks/\n/memo/\n/tmp/\n'

/** The parts of a cache, as absolute paths. */
export interface CacheFolder {
  /** The folder that the cache owns. */
  owned: string
  /** Entries: `entries/<first two digits>/<key>`. */
  entries: string
  /** Files being written; on the same file system as the entries. */
  temporary: string
  /** Lock files: `locks/<key>.lock`. */
  locks: string
  /** Memos of upscalers. */
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

/** Creates the folder and its marker. Existing files stay as they are. */
export async function claim({ owned }: CacheFolder): Promise<void> {
  await mkdir(owned, { recursive: true })
  await createFile(path.join(owned, TAG_NAME), TAG)
  await createFile(path.join(owned, '.gitignore'), GITIGNORE)
}

/** Whether the folder has our marker. Without it nothing is deleted. */
export async function isClaimed({ owned }: CacheFolder): Promise<boolean> {
  const tag = await readFile(path.join(owned, TAG_NAME), 'latin1').catch(() => '')
  return tag.startsWith(TAG_SIGNATURE)
}

async function createFile(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}
