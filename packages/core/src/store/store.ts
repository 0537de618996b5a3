import type { Memo, UpscalerCheck } from '../upscaler/upscaler.ts'
import type { Lock } from './lock.ts'

const KEY_RE = /^[0-9a-f]{64}$/

/** True for a valid key of a store. */
export function isKey(text: string): boolean {
  return KEY_RE.test(text)
}

/** What the store holds under one key. */
export interface StoreEntry {
  /** Facts about the payload, plain JSON. */
  meta: Record<string, unknown>
  bytes: Uint8Array
}

export interface StoredItem {
  key: string
  /** Size in bytes, facts included. */
  size: number
  /** Milliseconds since 1970, exact to an hour. */
  lastUsed: number
}

/**
 * What is wrong with an entry that another machine made, in words that follow "it"; `undefined` when it is what its reader asked
 * for. The entry was not damaged on its way: that is checked before.
 */
export type EntryCheck = (entry: StoreEntry) => Promise<string | undefined>

/**
 * Where masters and variants are kept. Keys are 64 hexadecimal digits and mean the same on every machine, so a store may be
 * shared. `get` returns whole entries only: a damaged one is `undefined` (`parseEntry` checks the digest of an entry that was
 * written by `serializeEntry`). An error counts as a miss, with one warning per build.
 *
 * The optional parts are features of a local folder. Without them, work is shared only within the process, upscalers remember values
 * only as long as it runs, and nothing is evicted.
 */
export interface Store {
  /**
   * Where it is, for messages: an absolute path or a URL. Two stores with the same location are the same store, so that work
   * on one entry is done once. @default the object itself, without a name in messages
   */
  readonly location?: string
  /** @param check for stores whose content is not trusted. Without it they have nothing */
  get(key: string, check?: EntryCheck): Promise<StoreEntry | undefined>
  put(key: string, entry: StoreEntry): Promise<void>
  has(key: string): Promise<boolean>
  delete(key: string): Promise<void>
  list(): AsyncIterable<StoredItem>
  /** Keeps several processes from making the same entry. */
  readonly locks?: StoreLocks
  /** The memory of one upscaler. @param upscaler its name: each upscaler sees only its own values */
  memo?(upscaler: string): Memo
  /** Deletes the least recently used entries until `maxBytes` are left. */
  trim?(maxBytes: number): Promise<void>
  /** Resolves when everything that was put is stored or has failed. */
  flush?(): Promise<void>
  /** What was fetched from another machine and sent there since the last call. */
  traffic?(): Traffic
}

/** Counts entries and bytes between this machine and another. */
export interface Traffic {
  fetched: number
  fetchedBytes: number
  sent: number
  sentBytes: number
}

/** A store that several machines share. Its content is not trusted. */
export interface RemoteStore extends Store {
  /** Whether it answers, and what may be done there. Changes nothing. */
  check(): Promise<UpscalerCheck>
  /** @throws HdError `HD_REMOTE` when nothing may be sent: it is read-only, or the signing key is missing */
  assertWritable(): Promise<void>
  /**
   * Sends an entry, unless the store has it.
   * @param options `replace`: also if the store has one under this key, which may be another's. @default false
   * @returns the number of bytes sent; 0: it was there
   * @throws HdError `HD_REMOTE` when it is read-only or refuses
   */
  send(key: string, entry: StoreEntry, options?: { replace?: boolean }): Promise<number>
}

export interface StoreLocks {
  /** @returns `undefined` while another process holds the lock. @throws HdError `HD_CACHE_IO`, or the error of the system */
  tryLock(key: string): Promise<Lock | undefined>
  /**
   * Resolves when the lock is free, or its owner has ended. @param tell called with one message if the wait is long
   * @throws HdError `HD_ABORTED`, `HD_CACHE_IO`
   */
  waitUntilFree(key: string, signal: AbortSignal, tell: (message: string) => void): Promise<void>
}
