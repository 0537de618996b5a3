import { createWebpackPlugin, type UnpluginInstance } from 'unplugin'
import { toEntry, type Entry, type EntryOptions, type EntryUpscaler } from './entry.ts'
import { factory } from './factory.ts'
import { neural, resample } from './index.ts'
import { carryingOptions } from './carried-options.ts'

type Plugin = UnpluginInstance<EntryOptions | undefined>['webpack']

const hd: Entry<Plugin> = toEntry<Plugin>(carryingOptions(createWebpackPlugin(factory)), { neural, resample })
/** Types for modules that `require()` this entry. */
declare namespace hd {
  export type HdOptions = EntryOptions
  export type Upscaler = EntryUpscaler
}

export { hd as default, hd as 'module.exports' }
export { neural, resample }
export type { Upscaler } from './index.ts'
export type { HdOptions } from './options.ts'
