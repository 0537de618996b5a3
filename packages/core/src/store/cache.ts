import { errorMessage, isHdError } from '../errors.ts'
import type { Lock } from './lock.ts'
import { createProcessMemo } from './memo.ts'
import { isKey, type EntryCheck, type Store, type StoreEntry } from './store.ts'
import type { Logger, Memo } from '../upscaler/upscaler.ts'

/** Eviction starts when this many bytes were added since the last one, or a tenth of the limit if that is more. */
const EVICT_AFTER_BYTES = 16 * 1024 * 1024

/** The store as jobs use it: a store that fails (read-only, full, out of reach) costs speed and a warning, not the build. */
export class Cache {
  /** For messages: `/home/me/site/node_modules/.cache/unplugin-hd`. */
  readonly location: string
  /** Equal for caches that share their entries; part of the key of work that is shared. */
  readonly scope: string
  readonly #store: Store
  readonly #maxBytes: number
  readonly #log: Logger
  #warned = false
  #added = 0
  #trimming: Promise<void> | undefined

  constructor(store: Store, maxBytes: number, log: Logger) {
    this.location = store.location ?? 'given by cache.store'
    this.scope = scopeOf(store)
    this.#store = store
    this.#maxBytes = maxBytes
    this.#log = log
  }

  /** `undefined` also for an invalid key, which may come from a request to a server. */
  async get(key: string, check?: EntryCheck): Promise<StoreEntry | undefined> {
    if (!isKey(key)) return undefined
    return this.#store.get(key, check).catch((error: unknown) => this.#warn(error, 'read'))
  }

  /** Whether the entry is there; it may still turn out to be damaged. */
  async has(key: string): Promise<boolean> {
    return (await this.#store.has(key).catch((error: unknown) => this.#warn(error, 'read'))) ?? false
  }

  async put(key: string, entry: StoreEntry): Promise<void> {
    await this.#store.put(key, entry).catch((error: unknown) => this.#warn(error, 'written'))
    this.#added += entry.bytes.length
    // A dev server may run for days.
    if (this.#added > Math.max(EVICT_AFTER_BYTES, this.#maxBytes / 10)) void this.#trim()
  }

  /** The memory of an upscaler. */
  memo(upscaler: string): Memo {
    return this.#store.memo?.(upscaler) ?? createProcessMemo(this.scope, upscaler)
  }

  /**
   * Runs `work` unless another process works on the same key. If no lock can be created (a read-only folder), it runs
   * without.
   * @returns `undefined` when another process is at it: see {@link waitForOther}
   * @throws the error of `work`; HdError `HD_CACHE_IO` if something else is in the lock's place
   */
  async runAlone<T>(key: string, work: () => Promise<T>): Promise<{ result: T } | undefined> {
    const { locks } = this.#store
    const lock = locks ? await locks.tryLock(key).catch((error: unknown) => this.#withoutLock(error)) : NO_LOCK
    if (!lock) return undefined
    try {
      return { result: await work() }
    } finally {
      await lock.release()
    }
  }

  /** Resolves when the other process is done or has ended. @throws HdError `HD_ABORTED`, `HD_CACHE_IO` */
  async waitForOther(key: string, signal: AbortSignal): Promise<void> {
    await this.#store.locks?.waitUntilFree(key, signal, (message) => this.#log.info(message))
  }

  /** Brings the store under its cap, and waits until everything that was put is kept. Never fails. */
  async close(): Promise<void> {
    await this.#trim()
    await this.#store.flush?.().catch((error: unknown) => this.#warn(error, 'written'))
  }

  async #trim(): Promise<void> {
    this.#added = 0
    this.#trimming ??= this.#store
      .trim?.(this.#maxBytes)
      .catch((error: unknown) => this.#warn(error, 'written'))
      .finally(() => (this.#trimming = undefined))
    await this.#trimming
  }

  #withoutLock(error: unknown): Lock {
    if (isHdError(error)) throw error
    this.#warn(error, 'written')
    return NO_LOCK
  }

  #warn(error: unknown, what: 'read' | 'written'): undefined {
    if (this.#warned) return
    this.#warned = true
    const code = isHdError(error) ? error.code : 'HD_CACHE_IO'
    const effect = what === 'read' ? 'images are made again' : 'images are made again next time'
    this.#log.warn(`the cache ${this.location} cannot be ${what}, so ${effect}: ${errorMessage(error)} (${code})`)
  }
}

/** Where there can be none. */
const NO_LOCK: Lock = { release: async () => undefined }

const scopes = new WeakMap<Store, string>()
let count = 0

function scopeOf(store: Store): string {
  if (store.location !== undefined) return store.location
  const scope = scopes.get(store) ?? `store ${++count}`
  scopes.set(store, scope)
  return scope
}
