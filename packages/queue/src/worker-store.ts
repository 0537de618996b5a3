import {
  errorMessage,
  HdError,
  isHdError,
  type EntryCheck,
  type RemoteStore,
  type Store,
  type StoreEntry,
} from '@unplugin-hd/core'

export interface WorkerStore extends Store {
  /** Resolves when the remote cache has these entries. @throws HdError `HD_REMOTE` when it refuses one */
  assertSent(keys: readonly string[]): Promise<void>
}

/**
 * The store of a worker. What counts is that the others get what it makes, so the remote cache is asked first, and everything
 * that it lacks is sent before the job ends; what it has, but is refused, is replaced.
 */
export function workerStore(near: Store, far: RemoteStore): WorkerStore {
  const unsent = new Map<string, unknown>()
  const send = async (key: string, entry: StoreEntry): Promise<void> => {
    try {
      await far.send(key, entry, { replace: true })
      unsent.delete(key)
    } catch (error) {
      unsent.set(key, error)
    }
  }
  return {
    ...(near.location !== undefined && { location: near.location }),
    ...(near.locks && { locks: near.locks }),
    ...(near.memo && { memo: (upscaler: string) => near.memo!(upscaler) }),
    ...(near.trim && { trim: (maxBytes: number) => near.trim!(maxBytes) }),
    ...(far.traffic && { traffic: () => far.traffic!() }),
    list: () => near.list(),
    async get(key: string, check?: EntryCheck) {
      const shared = await far.get(key, check).catch(() => undefined)
      if (shared) return shared
      const own = await near.get(key, check)
      if (own && check) await send(key, own)
      return own
    },
    has: async (key) => (await near.has(key)) || far.has(key),
    async put(key, entry) {
      await Promise.all([near.put(key, entry), send(key, entry)])
    },
    delete: (key) => near.delete(key),
    async flush() {
      await Promise.all([near.flush?.(), far.flush?.()])
    },
    async assertSent(keys) {
      for (const key of keys) {
        if (!unsent.has(key)) continue
        const entry = await near.get(key)
        if (entry) await send(key, entry)
        if (!unsent.has(key)) continue
        const error = unsent.get(key)
        throw isHdError(error) ? error : new HdError('HD_REMOTE', errorMessage(error))
      }
    },
  }
}
