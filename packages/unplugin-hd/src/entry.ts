import type { neural, resample, Upscaler } from './index.ts'
import type { HdOptions } from './options.ts'

/** Exports of every entry in addition to the plugin. */
export interface EntryExports {
  neural: typeof neural
  resample: typeof resample
}

/** For the namespaces of entries, where the type needs another name. */
export type EntryOptions = HdOptions
export type EntryUpscaler = Upscaler

/**
 * What `require()` of an entry returns: the plugin with the named exports as properties. Node returns the export named
 * `module.exports` instead of the namespace.
 */
export type Entry<Plugin> = Plugin & EntryExports & { default: Plugin & EntryExports }

/** @param plugin is given the exports */
export function toEntry<Plugin extends object>(plugin: Plugin, exports: EntryExports): Entry<Plugin> {
  const complete = Object.assign(plugin, exports)
  return Object.assign(complete, { default: complete })
}
