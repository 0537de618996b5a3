import { cacheDir, isInside } from '@unplugin-hd/core'
import type { HdOptions } from './options.ts'

/** The cache folder of a framework's project. */
export interface FrameworkCache {
  /** Absolute path. */
  dir: string
  /** The options with this folder, because a framework may run its bundler in another root. */
  options: HdOptions
  /** A glob for watchers to ignore. */
  isInside(file: string): boolean
}

/** @param root absolute path of the project */
export function frameworkCache(options: HdOptions, root: string): FrameworkCache {
  const dir = cacheDir(options.cache?.dir, { root, env: process.env })
  return {
    dir,
    options: { ...options, cache: { ...options.cache, dir } },
    isInside: (file) => isInside(dir, file),
  }
}
