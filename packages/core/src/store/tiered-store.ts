import type { Store } from './store.ts'

/**
 * One store of two: `near` is fast and on this machine, `far` is shared. Reads go to `near` first, and what only `far` has is
 * copied to `near`. Writes reach `near` at once and `far` behind them; `flush` waits for those. Locks, memos, listing and
 * trimming are those of `near`. A failure of `far` is a miss.
 * @param onFarError told of each failure of `far`. @default it is ignored
 */
export function tieredStore(near: Store, far: Store, onFarError: (error: unknown) => void = () => undefined): Store {
  const writes = new Set<Promise<void>>()
  const report = (error: unknown): undefined => void onFarError(error)

  const writeFar = (write: Promise<void>): void => {
    const settled = write.catch(report).finally(() => writes.delete(settled))
    writes.add(settled)
  }

  return {
    ...(near.location !== undefined && { location: near.location }),
    ...(near.locks && { locks: near.locks }),
    ...(near.memo && { memo: (upscaler: string) => near.memo!(upscaler) }),
    ...(near.trim && { trim: (maxBytes: number) => near.trim!(maxBytes) }),
    list: () => near.list(),
    ...(far.traffic && { traffic: () => far.traffic!() }),
    async get(key, check) {
      const found = await near.get(key, check)
      if (found) return found
      const fetched = await far.get(key, check).catch(report)
      // A near store that cannot be written is still a store.
      if (fetched) await near.put(key, fetched).catch(() => undefined)
      return fetched
    },
    async has(key) {
      return (await near.has(key)) || ((await far.has(key).catch(report)) ?? false)
    },
    async put(key, entry) {
      // Begun first: what `near` has no room for may still be kept far away.
      writeFar(far.put(key, entry))
      await near.put(key, entry)
    },
    async delete(key) {
      await near.delete(key)
      await far.delete(key).catch(report)
    },
    async flush() {
      // `far` may give up what takes too long.
      await Promise.all([near.flush?.(), far.flush?.().catch(report)])
      await Promise.all(writes)
    },
  }
}
