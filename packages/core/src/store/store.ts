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
 * Where masters and variants are kept. Keys are 64 hexadecimal digits and mean the same on every machine, so that a store
 * may be shared. Whatever `get` returns is whole: a damaged entry is `undefined`.
 */
export interface Store {
  get(key: string): Promise<StoreEntry | undefined>
  put(key: string, entry: StoreEntry): Promise<void>
  has(key: string): Promise<boolean>
  delete(key: string): Promise<void>
  list(): AsyncIterable<StoredItem>
}
