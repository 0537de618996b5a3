import type { neural, resample, Upscaler } from './index.ts'
import type { HdOptions } from './options.ts'

/** What every entry exports beside the plugin. */
export interface EntryExports {
  neural: typeof neural
  resample: typeof resample
}

/** For the namespaces of entries, where a type cannot have the name of what it is. */
export type EntryOptions = HdOptions
export type EntryUpscaler = Upscaler

/**
 * What a module whose default export is `Plugin` is for `require()`: the plugin itself, with all that the module exports. Node
 * hands out what a module exports as `module.exports` in place of the module.
 */
export type Entry<Plugin> = Plugin & EntryExports & { default: Plugin & EntryExports }

/** @param plugin is given the exports */
export function toEntry<Plugin extends object>(plugin: Plugin, exports: EntryExports): Entry<Plugin> {
  const complete = Object.assign(plugin, exports)
  return Object.assign(complete, { default: complete })
}
