import path from 'node:path'
import { cacheDir } from '@unplugin-hd/core'
import type { HdOptions } from './options.ts'

/** What a framework is told of the folder that 2x images are kept in. */
export interface FrameworkCache {
  /** Absolute path. */
  dir: string
  /** The options with it: a framework may let its bundler start in another folder than the project's. */
  options: HdOptions
  /** For watchers: images that are put there are no changes of the project. */
  isInside(file: string): boolean
}

/** @param root absolute path of the project */
export function frameworkCache(options: HdOptions, root: string): FrameworkCache {
  const dir = cacheDir(options.cache?.dir, { root, env: process.env })
  return {
    dir,
    options: { ...options, cache: { ...options.cache, dir } },
    isInside: (file) => path.resolve(file) === dir || path.resolve(file).startsWith(dir + path.sep),
  }
}
