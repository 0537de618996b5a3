import {
  CORE_KEYS,
  HdError,
  quoted,
  refuseUnknown,
  resolveOptions,
  type CoreOptions,
  type ResolvedOptions,
} from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'
import { createFilter, type FilterPattern } from 'unplugin-utils'

/** The options of the plugin, the same in every bundler. */
export interface HdOptions extends CoreOptions {
  /** Files that `?hd` may double (glob patterns or expressions on the absolute path). @default every file */
  include?: FilterPattern
  /** Files that it leaves alone; wins over `include`. @default none */
  exclude?: FilterPattern
  /**
   * In dev servers, and in webpack and Rspack while they watch in development mode. `preview`: metered upscalers are not
   * called; the others of the chain make the pictures, or `resample()` where there is none. `full`: all of them are called, as in
   * a build.
   * @default 'preview'
   */
  dev?: DevMode
}

export const DEV_MODES = ['preview', 'full'] as const
export type DevMode = (typeof DEV_MODES)[number]

export interface ResolvedHdOptions extends ResolvedOptions {
  /** True when `?hd` may double this file (absolute path). */
  accepts: (file: string) => boolean
  dev: DevMode
}

const OWN_KEYS: readonly string[] = ['include', 'exclude', 'dev'] satisfies (keyof HdOptions)[]

/**
 * The complete options.
 * @param root absolute path of the project: relative paths and patterns start here
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveHdOptions(options: HdOptions, root: string): ResolvedHdOptions {
  refuseUnknown(options, [...CORE_KEYS, ...OWN_KEYS], 'unplugin-hd')
  const { include, exclude, dev = 'preview', ...core } = options
  const resolved = resolveOptions(core, { root, env: process.env, defaultUpscaler: neural })
  if (!DEV_MODES.includes(dev)) {
    throw new HdError('HD_OPTION', `unplugin-hd: the option 'dev' is '${String(dev)}', expected ${quoted(DEV_MODES)}`)
  }
  return { ...resolved, dev, accepts: createFilter(include, exclude, { resolve: root }) }
}
