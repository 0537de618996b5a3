import path from 'node:path'
import { DiskStore, isKey, LOCK_DIR } from './disk-store.ts'
import { errorMessage, isHdError } from './errors.ts'
import { withLock } from './lock.ts'
import type { StoreEntry } from './store.ts'
import type { Logger } from './upscaler.ts'

/**
 * The store as picture code uses it: a cache that cannot be written (read-only, full) costs speed and a warning, not the
 * build.
 */
export class Cache {
  readonly dir: string
  readonly #store: DiskStore
  readonly #maxBytes: number
  readonly #log: Logger
  #warned = false

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

  async put(key: string, entry: StoreEntry): Promise<void> {
    await this.#store.put(key, entry).catch((error: unknown) => this.#warn(error))
  }

  /** @throws HdError `HD_CACHE_IO`, since whoever asks for a file cannot do without it */
  file(key: string, name: string, bytes: Uint8Array): Promise<string> {
    return this.#store.file(key, name, bytes)
  }

  /** Runs `work` while no other process does so for the same key, as far as the folder can be written. */
  lock<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return withLock(path.join(this.dir, LOCK_DIR, `${key}.lock`), signal, work, (error) => this.#warn(error))
  }

  /** Brings the folder under its cap. Never fails. */
  async evict(): Promise<void> {
    await this.#store.evict(this.#maxBytes).catch((error: unknown) => this.#warn(error))
  }

  #warn(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    const code = isHdError(error) ? error.code : 'HD_CACHE_IO'
    this.#log.warn(
      `the cache ${this.dir} cannot be written, so pictures are made again next time: ${errorMessage(error)} (${code})`,
    )
  }
}
