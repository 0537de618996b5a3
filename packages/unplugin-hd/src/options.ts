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
import { typesPath } from './types/types-file.ts'

/** The options of the plugin, the same in every bundler. */
export interface HdOptions extends CoreOptions {
  /** Files that `?hd` may double (glob patterns or expressions on the absolute path). @default every file */
  include?: FilterPattern
  /** Files that it leaves alone; wins over `include`. @default none */
  exclude?: FilterPattern
  /**
   * In dev servers, and in webpack and Rspack while they watch in development mode. `preview`: metered upscalers are not
   * called; the others of the chain make the images, or `resample()` where there is none. `full`: all of them are called, as in
   * a build.
   * @default 'preview'
   */
  dev?: DevMode
  /**
   * A file of declarations for the queries that the package's files import and `unplugin-hd/client` has no type for: a path
   * relative to the nearest `package.json`, or `true` for `src/unplugin-hd.d.ts` (without `src`: `unplugin-hd.d.ts`). To be committed.
   * @default false
   */
  dts?: boolean | string
}

export const DEV_MODES = ['preview', 'full'] as const
export type DevMode = (typeof DEV_MODES)[number]

export interface ResolvedHdOptions extends ResolvedOptions {
  /** True when `?hd` may double this file (absolute path). */
  accepts: (file: string) => boolean
  dev: DevMode
  /** Absolute path; `undefined`: none is written. */
  dts: string | undefined
}

const OWN_KEYS: readonly string[] = ['include', 'exclude', 'dev', 'dts'] satisfies (keyof HdOptions)[]

/**
 * The complete options.
 * @param root absolute path of the project: relative paths and patterns start here
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function resolveHdOptions(options: HdOptions, root: string): ResolvedHdOptions {
  refuseUnknown(options, [...CORE_KEYS, ...OWN_KEYS], 'unplugin-hd')
  const { include, exclude, dev = 'preview', dts = false, ...core } = options
  const resolved = resolveOptions(core, { root, env: process.env, defaultUpscaler: neural })
  if (!DEV_MODES.includes(dev)) {
    throw new HdError('HD_OPTION', `unplugin-hd: the option 'dev' is '${String(dev)}', expected ${quoted(DEV_MODES)}`)
  }
  if (typeof dts !== 'boolean' && (typeof dts !== 'string' || dts === '')) {
    throw new HdError('HD_OPTION', `unplugin-hd: the option 'dts' is '${String(dts)}', expected true, false or a path`)
  }
  const typesFile = dts === false ? undefined : typesPath(dts, root)
  return { ...resolved, dev, dts: typesFile, accepts: createFilter(include, exclude, { resolve: root }) }
}
