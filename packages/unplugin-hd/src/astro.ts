import { fileURLToPath } from 'node:url'
import { toEntry, type Entry, type EntryOptions, type EntryUpscaler } from './entry.ts'
import { frameworkCache } from './framework-cache.ts'
import { neural, resample } from './index.ts'
import { carryingOptions } from './carried-options.ts'
import vite from './vite.ts'

/** The parts of Astro's integration types used here, so that the declarations do not need Astro. */
export interface HdAstroIntegration {
  name: string
  hooks: {
    'astro:config:setup': (setup: { config: { root: URL }; updateConfig(config: object): unknown }) => void
    'astro:config:done': (setup: { injectTypes(types: { filename: string; content: string }): unknown }) => void
  }
}

/** An imported image is an `ImageMetadata` in Astro, and so is `?hd&as=asset`. */
const TYPES = `/// <reference types="unplugin-hd/client" />
interface HdAssetTypes {
  readonly asset: import('astro').ImageMetadata
}
`

/**
 * The Astro integration: adds the Vite plugin and the types of `?hd` imports, and keeps the watcher out of the cache.
 * @param options of the plugin; paths are relative to the project root
 */
function integration(options: EntryOptions = {}): HdAstroIntegration {
  return {
    name: 'unplugin-hd',
    hooks: {
      'astro:config:setup': ({ config, updateConfig }) => {
        const cache = frameworkCache(options, fileURLToPath(config.root))
        updateConfig({ vite: { plugins: [vite(cache.options)], server: { watch: { ignored: [cache.isInside] } } } })
      },
      'astro:config:done': ({ injectTypes }) => {
        injectTypes({ filename: 'types.d.ts', content: TYPES })
      },
    },
  }
}

const hd: Entry<typeof integration> = toEntry(carryingOptions(integration), { neural, resample })
/** Types for modules that `require()` this entry. */
declare namespace hd {
  export type HdOptions = EntryOptions
  export type Upscaler = EntryUpscaler
}

export { hd as default, hd as 'module.exports' }
export { neural, resample }
export type { Upscaler } from './index.ts'
export type { HdOptions } from './options.ts'
