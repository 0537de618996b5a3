import { readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { removeLeftovers, writeAtomically } from './atomic-file.ts'
import { parseEntry, serializeEntry } from './entry.ts'
import { NAMED_DIR, namedFile, namedSizes } from './named-file.ts'
import { readWhole } from './read-file.ts'
import type { Store, StoredItem, StoreEntry } from './store.ts'

/** Part of the path: a store of another layout is never misread. */
const LAYOUT = 'v1'

/** A use is noted on disk at most this often: a hit then costs no write. */
const USE_GRAIN_MS = 60 * 60 * 1000

/** Eviction goes on until this share of the cap is left, so that it is not needed again at once. */
const EVICT_TO = 0.9

/** Folder of the lock files below the cache folder. */
export const LOCK_DIR = 'locks'

const KEY_RE = /^[0-9a-f]{64}$/

/** True for what may be a key of the store. */
export function isKey(text: string): boolean {
  return KEY_RE.test(text)
}

/**
 * A store in a folder: one file an entry (`v1/ab/abcd…`), written beside and renamed. Several processes may use it at once;
 * the folder may be copied, committed, or deleted at any time.
 */
export class DiskStore implements Store {
  readonly #root: string
  readonly #dir: string
  readonly #temporary: string
  readonly #named: string
  /** Used by this process, so never evicted by it. */
  readonly #used = new Set<string>()
  #grown = false

  /** @param dir absolute path; made when something is first written */
  constructor(dir: string) {
    this.#root = dir
    this.#dir = path.join(dir, LAYOUT)
    this.#temporary = path.join(dir, 'tmp')
    this.#named = path.join(dir, NAMED_DIR)
  }

  async get(key: string): Promise<StoreEntry | undefined> {
    const file = this.#path(key)
    const read = await readWhole(file).catch(() => undefined)
    const entry = read && parseEntry(key, read.bytes)
    if (!entry) return undefined
    this.#used.add(key)
    // Noting the use may fail on a read-only cache, which is still a cache.
    if (Date.now() - read.facts.mtimeMs > USE_GRAIN_MS) await utimes(file, new Date(), new Date()).catch(() => undefined)
    return entry
  }

  async put(key: string, entry: StoreEntry): Promise<void> {
    await writeAtomically(this.#temporary, this.#path(key), serializeEntry(key, entry))
    this.#used.add(key)
    this.#grown = true
  }

  /** Absolute path of a file with these bytes and this name, below a folder of the key's own. @throws HdError `HD_CACHE_IO` */
  async file(key: string, name: string, bytes: Uint8Array): Promise<string> {
    this.#path(key)
    if (path.basename(name) !== name) throw new TypeError(`not the name of a file: '${name}'`)
    this.#used.add(key)
    const { file, written } = await namedFile(this.#root, key, name, bytes)
    this.#grown ||= written
    return file
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined
  }

  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true })
  }

  async *list(): AsyncGenerator<StoredItem> {
    for (const folder of await readdir(this.#dir).catch(() => [])) {
      for (const key of await readdir(path.join(this.#dir, folder)).catch(() => [])) {
        if (!KEY_RE.test(key)) continue
        const facts = await stat(this.#path(key)).catch(() => undefined)
        if (facts) yield { key, size: facts.size, lastUsed: facts.mtimeMs }
      }
    }
  }

  /**
   * Brings the store, with the named copies of its entries, under `maxBytes` by deleting what was used least recently, never
   * what this process used; does nothing when this process added nothing. What cannot be deleted (open elsewhere, on Windows)
   * stays.
   */
  async evict(maxBytes: number): Promise<void> {
    if (!this.#grown) return
    this.#grown = false
    await removeLeftovers(this.#temporary)
    await removeLeftovers(path.join(this.#root, LOCK_DIR))
    const named = await namedSizes(this.#named)
    const items: StoredItem[] = []
    for await (const item of this.list()) {
      items.push({ ...item, size: item.size + (named.get(item.key) ?? 0) })
      named.delete(item.key)
    }
    // Copies without an entry: of sources, or of entries that are gone.
    for (const orphan of named.keys()) if (!this.#used.has(orphan)) await this.#deleteNamed(orphan)
    let total = items.reduce((sum, item) => sum + item.size, 0)
    if (total <= maxBytes) return
    for (const item of items.toSorted((a, b) => a.lastUsed - b.lastUsed)) {
      if (total <= EVICT_TO * maxBytes) return
      if (this.#used.has(item.key)) continue
      const gone = await this.delete(item.key).then(
        () => this.#deleteNamed(item.key),
        () => false,
      )
      if (gone) total -= item.size
    }
  }

  async #deleteNamed(key: string): Promise<boolean> {
    const removed = rm(path.join(this.#named, key), { recursive: true, force: true })
    return removed.then(
      () => true,
      () => false,
    )
  }

  #path(key: string): string {
    if (!KEY_RE.test(key)) throw new TypeError(`not a key of the store: '${key}'`)
    return path.join(this.#dir, key.slice(0, 2), key)
  }
}
