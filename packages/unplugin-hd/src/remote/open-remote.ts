import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { HdError, type OpenRemote, type RemoteStore, type ResolvedRemote } from '@unplugin-hd/core'

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
  const file = packageFile(PACKAGE, [path.join(place.root, 'package.json'), import.meta.url])
  const load = (): Promise<Module> => import(/* @vite-ignore */ pathToFileURL(file).href) as Promise<Module>
  return (log) => lazyStore(async () => (await load()).createRemoteCache(remote, { ...place, log }))
}

/** @param origins files of the packages that may have it as a dependency @throws HdError `HD_REMOTE` */
export function packageFile(name: string, origins: readonly string[]): string {
  for (const origin of origins) {
    try {
      return createRequire(origin).resolve(name)
    } catch {}
  }
  throw new HdError('HD_REMOTE', `'cache.remote' needs the package ${name}, which is not installed`, {
    remedy: `Run \`npm install --save-dev ${name}\``,
  })
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
    send: async (key, entry) => (await store()).send(key, entry),
  }
}
