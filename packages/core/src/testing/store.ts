import type { Store, StoreEntry } from '../store/store.ts'

export interface MemoryStore extends Store {
  entries: Map<string, StoreEntry>
  /** The recorded calls: `get`, `put` … */
  calls: string[]
}

/** A minimal store. @param overrides methods that fail or are slow */
export function memoryStore(overrides: Partial<Store> = {}): MemoryStore {
  const entries = new Map<string, StoreEntry>()
  const calls: string[] = []
  return {
    entries,
    calls,
    async get(key) {
      calls.push('get')
      return entries.get(key)
    },
    async put(key, entry) {
      calls.push('put')
      entries.set(key, entry)
    },
    async has(key) {
      calls.push('has')
      return entries.has(key)
    },
    async delete(key) {
      calls.push('delete')
      entries.delete(key)
    },
    async *list() {
      for (const [key, { bytes }] of entries) yield { key, size: bytes.length, lastUsed: 0 }
    },
    ...overrides,
  }
}
