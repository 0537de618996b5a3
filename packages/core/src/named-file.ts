import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from './atomic-file.ts'
import { errorMessage, HdError } from './errors.ts'
import { readWhole } from './read-file.ts'

/** Folder of the named files below the cache folder: `files/<key>/<name>`. */
export const NAMED_DIR = 'files'

/**
 * A file (absolute path) with exactly these bytes and this name. What lies there already is compared, so that damage is
 * mended.
 * @param dir the cache folder
 * @throws HdError `HD_CACHE_IO` when it cannot be written
 */
export async function namedFile(
  dir: string,
  key: string,
  name: string,
  bytes: Uint8Array,
): Promise<{ file: string; written: boolean }> {
  const file = path.join(dir, NAMED_DIR, key, name)
  const current = await readWhole(file).catch(() => undefined)
  if (current?.bytes.equals(bytes)) return { file, written: false }
  try {
    await writeAtomically(path.join(dir, 'tmp'), file, [bytes])
  } catch (cause) {
    throw new HdError('HD_CACHE_IO', `the cache file ${file} cannot be written: ${errorMessage(cause)}`, {
      cause,
      remedy: "Set the option 'cache.dir', or UNPLUGIN_HD_CACHE_DIR, to a folder that can be written",
    })
  }
  return { file, written: true }
}

/** Bytes of the named files of each key below `namedDir`. */
export async function namedSizes(namedDir: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  for (const key of await readdir(namedDir).catch(() => [])) {
    let size = 0
    for (const name of await readdir(path.join(namedDir, key)).catch(() => [])) {
      size += (await stat(path.join(namedDir, key, name)).catch(() => undefined))?.size ?? 0
    }
    sizes.set(key, size)
  }
  return sizes
}
