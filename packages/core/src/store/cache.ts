import path from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { DiskStore, isKey } from './disk-store.ts'
import { errorMessage, isHdError } from '../errors.ts'
import { tryLock, waitUntilFree, type Lock } from './lock.ts'
import type { StoreEntry } from './store.ts'
import type { Logger } from '../upscaler/upscaler.ts'

/** Eviction begins when so many bytes were added since the last one, or a tenth of the cap if that is more. */
const EVICT_AFTER_BYTES = 16 * 1024 * 1024

/**
 * The store as image code uses it: a cache that cannot be written (read-only, full) costs speed and a warning, not the
 * build.
 */
export class Cache {
  readonly dir: string
  readonly #store: DiskStore
  readonly #maxBytes: number
  readonly #log: Logger
  #warned = false
  #added = 0
  #evicting: Promise<void> | undefined

  constructor(options: { dir: string; maxBytes: number }, log: Logger) {
    this.dir = options.dir
    this.#store = new DiskStore(options.dir)
    this.#maxBytes = options.maxBytes
    this.#log = log
  }

  /** `undefined` also for what cannot be a key: it may come from an address that somebody asked a server for. */
  async get(key: string): Promise<StoreEntry | undefined> {
    return isKey(key) ? this.#store.get(key) : undefined
  }

  /** Whether the entry is there; it may still turn out to be damaged. */
  async has(key: string): Promise<boolean> {
    return this.#store.has(key)
  }

  async put(key: string, entry: StoreEntry): Promise<void> {
    await this.#store.put(key, entry).catch((error: unknown) => this.#warn(error))
    this.#added += entry.bytes.length
    // A dev server may run for days.
    if (this.#added > Math.max(EVICT_AFTER_BYTES, this.#maxBytes / 10)) void this.evict()
  }

  /**
   * Runs `work` unless another process is at work for the same key. Where no lock file can be made (a read-only folder), it
   * runs without.
   * @returns `undefined` when another process is at it: see {@link waitForOther}
   * @throws what `work` throws; HdError `HD_CACHE_IO` when something lies in the lock's place
   */
  async runAlone<T>(key: string, work: () => Promise<T>): Promise<{ result: T } | undefined> {
    const lock = await tryLock(this.#lockFile(key)).catch((error: unknown) => {
      if (isHdError(error)) throw error
      this.#warn(error)
      return NO_LOCK
    })
    if (!lock) return undefined
    try {
      return { result: await work() }
    } finally {
      await lock.release()
    }
  }

  /** Resolves when the other process is done, or is no more. @throws HdError `HD_ABORTED`, `HD_CACHE_IO` */
  waitForOther(key: string, signal: AbortSignal): Promise<void> {
    return waitUntilFree(this.#lockFile(key), signal, (message) => this.#log.info(message))
  }

  /** Brings the folder under its cap. Never fails. */
  evict(): Promise<void> {
    this.#added = 0
    this.#evicting ??= this.#store
      .evict(this.#maxBytes)
      .catch((error: unknown) => this.#warn(error))
      .finally(() => (this.#evicting = undefined))
    return this.#evicting
  }

  #lockFile(key: string): string {
    return path.join(cacheFolder(this.dir).locks, `${key}.lock`)
  }

  #warn(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    const code = isHdError(error) ? error.code : 'HD_CACHE_IO'
    this.#log.warn(
      `the cache ${this.dir} cannot be written, so images are made again next time: ${errorMessage(error)} (${code})`,
    )
  }
}

/** Where there can be none. */
const NO_LOCK: Lock = { release: async () => undefined }
