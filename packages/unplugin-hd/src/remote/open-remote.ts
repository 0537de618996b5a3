import type { OpenRemote, RemoteStore, ResolvedRemote } from '@unplugin-hd/core'
import { optionalPackage } from '../optional-package.ts'

const PACKAGE = '@unplugin-hd/remote-cache'

type Module = typeof import('@unplugin-hd/remote-cache')

interface Place {
  root: string
  env: Readonly<Record<string, string | undefined>>
}

/**
 * The package that knows shared stores, loaded when the first image is not in the store of this machine.
 * @throws HdError `HD_REMOTE` when it is not installed
 */
export function openRemote(remote: ResolvedRemote, place: Place): OpenRemote {
  const load = optionalPackage<Module>(PACKAGE, place.root, { code: 'HD_REMOTE', user: "'cache.remote'" })
  return (log) => lazyStore(async () => (await load()).createRemoteCache(remote, { ...place, log }))
}

function lazyStore(load: () => Promise<RemoteStore>): RemoteStore {
  let loading: Promise<RemoteStore> | undefined
  let loaded: RemoteStore | undefined
  const store = (): Promise<RemoteStore> => (loading ??= load().then((made) => (loaded = made)))
  return {
    get: async (key, check) => (check ? (await store()).get(key, check) : undefined),
    put: async (key, entry) => (await store()).put(key, entry),
    has: async (key) => (await store()).has(key),
    delete: async (key) => (await store()).delete(key),
    async *list() {},
    flush: async () => loaded?.flush?.(),
    traffic: () => loaded?.traffic?.() ?? { fetched: 0, fetchedBytes: 0, sent: 0, sentBytes: 0 },
    check: async () => (await store()).check(),
    assertWritable: async () => (await store()).assertWritable(),
    send: async (key, entry, options) => (await store()).send(key, entry, options),
  }
}
