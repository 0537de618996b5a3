import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'
import type { Plugin } from 'vite'
import { toEntry, type Entry, type EntryOptions, type EntryUpscaler } from './entry.ts'
import { frameworkCache } from './framework-cache.ts'
import { neural, resample } from './index.ts'
import { NUXT_CONTENT, nuxtContentImages } from './nuxt-content.ts'
import vite from './vite.ts'

/** The parts of Nuxt's types used here, so that the declarations do not need Nuxt. */
interface Nuxt {
  options: {
    rootDir: string
    ignore: string[]
    /** Those that have run. */
    _installedModules?: readonly { meta?: { name?: string } }[]
  }
  hook(name: string, listener: (argument: never) => void): unknown
}

/** A Nuxt module, with its options in `hd` of `nuxt.config.ts`. */
export interface HdNuxtModule {
  (inline: EntryOptions | undefined, nuxt: object): void
  getMeta(): Promise<{ name: string; configKey: string; compatibility: { nuxt: string; builder: object } }>
  getOptions(inline?: Partial<EntryOptions>): Promise<EntryOptions>
}

/** A Vite configuration created by Nuxt. */
interface ViteConfig {
  plugins?: unknown[]
  server?: { watch?: { ignored?: unknown } | null }
}

/** A public folder. */
interface PublicAssets {
  /** Absolute path. */
  dir: string
  /** @default '/' */
  baseURL?: string
}

/** The Nitro options of Nuxt. */
interface Nitro {
  options: { publicAssets: readonly PublicAssets[] }
}

/** A generated TypeScript configuration. */
interface Types {
  references: { types: string }[]
}

function install(inline: EntryOptions | undefined, nuxt: Nuxt): void {
  const { options } = nuxt
  const configured = (options as { hd?: EntryOptions }).hd
  const cache = frameworkCache({ ...configured, ...inline }, options.rootDir)
  // For Nuxt's watcher; `.gitignore` patterns.
  const inRoot = path.relative(options.rootDir, cache.dir)
  if (!inRoot.startsWith('..') && !path.isAbsolute(inRoot)) options.ignore.push(`${inRoot.replaceAll('\\', '/')}/**`)
  let assets: readonly PublicAssets[] = []
  nuxt.hook('nitro:init', (nitro: Nitro) => void (assets = nitro.options.publicAssets))
  let content: Plugin | undefined
  // Client and server have separate configurations, and each needs its own plugin instance.
  nuxt.hook('vite:extendConfig', (config: ViteConfig) => {
    const { _installedModules: modules = [] } = options
    if (modules.some(({ meta }) => meta?.name === NUXT_CONTENT)) content ??= nuxtContentImages(options.rootDir)
    config.plugins = [...(config.plugins ?? []), publicImages(() => assets), ...(content ? [content] : []), vite(cache.options)]
    const { watch } = (config.server ??= {})
    if (watch !== null) config.server.watch = { ...watch, ignored: [watch?.ignored ?? [], cache.isInside].flat() }
  })
  nuxt.hook('prepare:types', ({ references }: Types) => void references.push({ types: 'unplugin-hd/client' }))
}

/** Nuxt hides its public folders from Vite and resolves their files to virtual modules. */
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
 * The Nuxt module: adds the Vite plugin for client and server and the types of `?hd` imports, and keeps watchers out of the cache.
 * Takes the options of the plugin; paths are relative to the project root.
 */
const nuxtModule: HdNuxtModule = Object.assign(
  (inline: EntryOptions | undefined, nuxt: object) => install(inline, nuxt as Nuxt),
  {
    getMeta: async () => meta,
    getOptions: async (inline: Partial<EntryOptions> = {}): Promise<EntryOptions> => inline,
  },
)

const hd: Entry<HdNuxtModule> = toEntry(nuxtModule, { neural, resample })
/** Types for modules that `require()` this entry. */
declare namespace hd {
  export type HdOptions = EntryOptions
  export type Upscaler = EntryUpscaler
}

export { hd as default, hd as 'module.exports' }
export { neural, resample }
export type { Upscaler } from './index.ts'
export type { HdOptions } from './options.ts'
