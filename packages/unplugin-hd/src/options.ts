import { refuseUnknown, resolveOptions, type CoreOptions, type ResolvedOptions } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { createFilter, type FilterPattern } from 'unplugin-utils'

/** The options of the plugin, the same in every bundler. */
export interface HdOptions extends CoreOptions {
  /** Files that `?hd` may double (glob patterns or expressions on the absolute path). @default every file */
  include?: FilterPattern
  /** Files that it leaves alone; wins over `include`. @default none */
  exclude?: FilterPattern
}

export interface ResolvedHdOptions extends ResolvedOptions {
  /** True when `?hd` may double this file (absolute path). */
  accepts: (file: string) => boolean
}

const FILTER_KEYS: readonly string[] = ['include', 'exclude'] satisfies (keyof HdOptions)[]

/**
 * The complete options.
 * @param root absolute path of the project: relative paths and patterns start here
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveHdOptions(options: HdOptions, root: string): ResolvedHdOptions {
  if (typeof options !== 'object' || options === null) refuseUnknown({ [String(options)]: true }, FILTER_KEYS, '')
  const { include, exclude, ...core } = options
  const resolved = resolveOptions(core, { root, env: process.env, defaultUpscaler: neural })
  return { ...resolved, accepts: createFilter(include, exclude, { resolve: root }) }
}
