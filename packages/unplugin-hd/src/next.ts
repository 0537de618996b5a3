import { resample } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { withHd, type WithHd } from './adapters/next/with-hd.ts'
import { toEntry, type Entry, type EntryOptions, type EntryUpscaler } from './entry.ts'

/**
 * Adds `?hd` to a configuration of Next.js, with webpack and with Turbopack.
 * @param nextConfig an object or a function
 * @param options of the plugin, or the path of a module that exports them, relative to the working directory: Turbopack's processes need
 *   a file where options hold functions, such as an upscaler of your own
 */
const hd: Entry<WithHd> = toEntry(withHd, { neural, resample })
/** Types for modules that `require()` this entry. */
declare namespace hd {
  export type HdOptions = EntryOptions
  export type Upscaler = EntryUpscaler
}

export { hd as default, hd as 'module.exports' }
export { neural, resample }
export type { Upscaler } from './index.ts'
export type { HdOptions } from './options.ts'
