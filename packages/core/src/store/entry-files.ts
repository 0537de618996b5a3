import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { CacheFolder } from './cache-folder.ts'
import { isKey } from './store.ts'

/** The files of all entries, by their names alone. */
export async function* entryFiles({ entries }: CacheFolder): AsyncGenerator<{ key: string; file: string }> {
  for (const folder of (await readdir(entries).catch(() => [])).toSorted()) {
    for (const key of (await readdir(path.join(entries, folder)).catch(() => [])).toSorted())
      if (isKey(key) && key.startsWith(folder)) yield { key, file: path.join(entries, folder, key) }
  }
}
