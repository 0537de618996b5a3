import { rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { removeLeftovers, TEMPORARY_RE, writeAtomically } from './atomic-file.ts'
import { cacheFolder, claim, isClaimed, type CacheFolder } from './cache-folder.ts'
import { parseEntry, serializeEntry } from './entry.ts'
import { entryFiles } from './entry-files.ts'
import { singleFlight } from '../schedule/flight.ts'
import { LOCK_RE, tryLock, waitUntilFree } from './lock.ts'
import { createMemo } from './memo.ts'
import { readWhole } from '../source/read-file.ts'
import { isKey, type Store, type StoredItem, type StoreEntry, type StoreLocks } from './store.ts'
import type { Memo } from '../upscaler/upscaler.ts'

/** The last use is written to disk at most this often, so that most hits cost no write. */
const USE_GRAIN_MS = 10 * 60 * 1000

/**
 * Entries used more recently than this are never evicted. Longer than the interval above, so that one process never evicts what
 * another has just found.
 */
const GRACE_MS = 3 * USE_GRAIN_MS

/** Eviction stops at this share of the cap, so that it is not needed again at once. */
const EVICT_TO = 0.9

/**
 * A store in a folder, one file per entry, written atomically. Several processes may use it at once; the folder may be copied,
 * committed, or deleted at any time.
 */
export class DiskStore implements Store {
  readonly location: string
  readonly locks: StoreLocks
  readonly #folder: CacheFolder
  #claimed: Promise<void> | undefined
  #grown = false

  /** @param dir absolute path; created with the first entry */
  constructor(dir: string) {
    this.location = dir
    this.#folder = cacheFolder(dir)
    const lockFile = (key: string): string => path.join(this.#folder.locks, `${key}.lock`)
    this.locks = {
      tryLock: (key) => tryLock(lockFile(key)),
      waitUntilFree: (key, signal, tell) => waitUntilFree(lockFile(key), signal, tell),
    }
  }

  async get(key: string): Promise<StoreEntry | undefined> {
    const file = this.#path(key)
    // Concurrent reads of an entry share its bytes.
    return singleFlight(`read\0${file}`, () => read(key, file))
  }

  async put(key: string, entry: StoreEntry): Promise<void> {
    const file = this.#path(key)
    this.#claimed ??= claim(this.#folder).catch((error: unknown) => {
      this.#claimed = undefined
      throw error
    })
    await this.#claimed
    await writeAtomically(this.#folder.temporary, file, serializeEntry(key, entry))
    this.#grown = true
  }

  async has(key: string): Promise<boolean> {
    const facts = await stat(this.#path(key)).catch(() => undefined)
    return facts?.isFile() ?? false
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true })
  }

  memo(upscaler: string): Memo {
    return createMemo(this.#folder, upscaler)
  }

  async *list(): AsyncGenerator<StoredItem> {
    for await (const { key, file } of entryFiles(this.#folder)) {
      const facts = await stat(file).catch(() => undefined)
      if (facts) yield { key, size: facts.size, lastUsed: facts.mtimeMs }
    }
  }

  /**
   * Deletes the least recently used entries until the store is under `maxBytes`. Entries used by any process in the last half hour
   * stay, even above the cap. Does nothing if this process has added nothing since. Files that cannot be deleted (open elsewhere
   * on Windows) stay.
   */
  async trim(maxBytes: number): Promise<void> {
    if (!this.#grown || !(await isClaimed(this.#folder))) return
    this.#grown = false
    await removeLeftovers(this.#folder.temporary, TEMPORARY_RE)
    await removeLeftovers(this.#folder.locks, LOCK_RE)
    const items: StoredItem[] = []
    for await (const item of this.list()) items.push(item)
    let total = items.reduce((sum, { size }) => sum + size, 0)
    if (total <= maxBytes) return
    const now = Date.now()
    for (const { key, size } of items.toSorted((a, b) => ageOf(b, now) - ageOf(a, now))) {
      if (total <= EVICT_TO * maxBytes) return
      // Checked again: another process may have used it since the listing.
      const facts = await stat(this.#path(key)).catch(() => undefined)
      if (facts && ageOf({ lastUsed: facts.mtimeMs }, now) < GRACE_MS) continue
      const isGone = await this.delete(key).then(
        () => true,
        () => false,
      )
      if (isGone) total -= size
    }
  }

  #path(key: string): string {
    if (!isKey(key)) throw new TypeError(`not a key of the store: '${key}'`)
    return path.join(this.#folder.entries, key.slice(0, 2), key)
  }
}

async function read(key: string, file: string): Promise<StoreEntry | undefined> {
  const found = await readWhole(file).catch(() => undefined)
  const entry = found && parseEntry(key, found.bytes)
  if (!entry) return undefined
  const noted = Math.abs(Date.now() - found.facts.mtimeMs) <= USE_GRAIN_MS
  // Updating the time fails on a read-only cache, which is fine.
  if (!noted) await utimes(file, new Date(), new Date()).catch(() => undefined)
  return entry
}

/** Milliseconds since the last use; infinite for a time in the future, which came from a wrong clock. */
export function ageOf({ lastUsed }: Pick<StoredItem, 'lastUsed'>, now: number): number {
  return lastUsed > now + GRACE_MS ? Infinity : now - lastUsed
}
