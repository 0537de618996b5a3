import { HdError } from '@unplugin-hd/core'
import type { HdOptions } from '../../options.ts'

/** What the loader in Turbopack's processes is given. Only JSON gets there. */
export interface LoaderOptions {
  /** The options of the plugin, or the absolute path of a module that exports them. */
  options: HdOptions | string
  /** Whether a dev server runs. */
  dev: boolean
  /** From `optionsKey`: Turbopack's cache notices what the options alone do not show, such as another version of an upscaler. */
  key: string
}

/**
 * Checks that options survive the way to Turbopack's processes.
 * @throws HdError `HD_OPTION`
 */
export function requireJson(options: HdOptions): void {
  const name = notJson(options, '')
  if (name === undefined) return
  throw new HdError('HD_OPTION', `'${name}' holds a function or an object, which Turbopack cannot pass to its processes`, {
    remedy: "Export the options from a file, and give its path: withHd(nextConfig, './hd.config.mjs')",
  })
}

/** The path of the first value that JSON cannot hold, such as `upscaler.upscale`. */
function notJson(value: unknown, name: string): string | undefined {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return undefined
  const isPlain = Array.isArray(value) || (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
  if (!isPlain) return name
  for (const [key, each] of Object.entries(value as object)) {
    const found = notJson(each, name === '' ? key : `${name}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}
