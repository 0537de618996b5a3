import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import type { Plugin } from 'vite'
import { toEntry, type Entry, type EntryOptions, type EntryUpscaler } from './entry.ts'
import { frameworkCache } from './framework-cache.ts'
import { neural, resample } from './index.ts'
import vite from './vite.ts'

/** The parts of Nuxt that are used here: whoever has no Nuxt can read these types as well. */
interface Nuxt {
  options: { rootDir: string; ignore: string[] }
  hook(name: string, listener: (argument: never) => void): unknown
}

/** A Nuxt module; `hd` in `nuxt.config.ts` holds its options. */
export interface HdNuxtModule {
  (inline: EntryOptions | undefined, nuxt: object): void
  getMeta(): Promise<{ name: string; configKey: string; compatibility: { nuxt: string; builder: object } }>
  getOptions(inline?: Partial<EntryOptions>): Promise<EntryOptions>
}

/** Of a Vite configuration that Nuxt has made. */
interface ViteConfig {
  plugins?: unknown[]
  server?: { watch?: { ignored?: unknown } | null }
}

/** A folder of files that are served as they are. */
interface PublicAssets {
  /** Absolute path. */
  dir: string
  /** @default '/' */
  baseURL?: string
}

/** Of Nuxt's server. */
interface Nitro {
  options: { publicAssets: readonly PublicAssets[] }
}

/** Of a TypeScript configuration that Nuxt makes. */
interface Types {
  references: { types: string }[]
}

function install(inline: EntryOptions | undefined, nuxt: Nuxt): void {
  const { options } = nuxt
  const configured = (options as { hd?: EntryOptions }).hd
  const cache = frameworkCache({ ...configured, ...inline }, options.rootDir)
  // Nuxt's own watcher; patterns as of `.gitignore`.
  const inRoot = path.relative(options.rootDir, cache.dir)
  if (!inRoot.startsWith('..') && !path.isAbsolute(inRoot)) options.ignore.push(`${inRoot.replaceAll('\\', '/')}/**`)
  let assets: readonly PublicAssets[] = []
  nuxt.hook('nitro:init', (nitro: Nitro) => void (assets = nitro.options.publicAssets))
  // For the browser and for the server there is a configuration each, and each needs a plugin of its own.
  nuxt.hook('vite:extendConfig', (config: ViteConfig) => {
    config.plugins = [...(config.plugins ?? []), publicImages(() => assets), vite(cache.options)]
    const { watch } = (config.server ??= {})
    if (watch !== null) config.server.watch = { ...watch, ignored: [watch?.ignored ?? [], cache.isInside].flat() }
  })
  nuxt.hook('prepare:types', ({ references }: Types) => void references.push({ types: 'unplugin-hd/client' }))
}

/** Nuxt keeps its public folders from Vite, and resolves their files to something virtual. */
function publicImages(assets: () => readonly PublicAssets[]): Plugin {
  return {
    name: 'unplugin-hd:nuxt-public',
    enforce: 'pre',
    resolveId: {
      filter: { id: HD_QUERY_RE },
      handler(id, importer) {
        const [address, query] = id.split(/(?=\?)/, 2) as [string, string]
        for (const { dir, baseURL = '/' } of assets()) {
          const base = baseURL.endsWith('/') ? baseURL : `${baseURL}/`
          const file = path.join(dir, address.slice(base.length))
          if (address.startsWith(base) && existsSync(file)) return this.resolve(normalizePath(file) + query, importer)
        }
        return null
      },
    },
  }
}

const meta = { name: 'unplugin-hd', configKey: 'hd', compatibility: { nuxt: '>=4.0.0', builder: { vite: '>=7.0.0' } } }

/**
 * A module for Nuxt: the plugin for Vite, for the browser's side and the server's, the types of `?hd` imports, and watchers that
 * leave the cache alone. Options as of the plugin; relative paths start at the project's root.
 */
const nuxtModule: HdNuxtModule = Object.assign(
  (inline: EntryOptions | undefined, nuxt: object) => install(inline, nuxt as Nuxt),
  {
    getMeta: async () => meta,
    getOptions: async (inline: Partial<EntryOptions> = {}): Promise<EntryOptions> => inline,
  },
)

const hd: Entry<HdNuxtModule> = toEntry(nuxtModule, { neural, resample })
/** The types, for modules that `require()` this one. */
declare namespace hd {
  export type HdOptions = EntryOptions
  export type Upscaler = EntryUpscaler
}

export { hd as default, hd as 'module.exports' }
export { neural, resample }
export type { Upscaler } from './index.ts'
export type { HdOptions } from './options.ts'
