import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DEFAULTS } from './defaults.ts'

export interface CacheDirContext {
  /** Absolute path of the bundler's root; any folder of a package. */
  root: string
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Returns the absolute path of the cache. The option and the default are relative to the package that contains `root`, so every
 * bundler and the CLI use the same folder. `UNPLUGIN_HD_CACHE_DIR` is relative to the workspace root, so one setting gives all of
 * its packages one folder.
 * @param dir of the option `cache.dir`
 */
export function cacheDir(dir: string | undefined, { root, env }: CacheDirContext): string {
  const fromEnv = env['UNPLUGIN_HD_CACHE_DIR'] || undefined
  if (dir === undefined && fromEnv !== undefined)
    return path.resolve(workspaceFolder(root) ?? packageFolder(root) ?? root, fromEnv)
  return path.resolve(packageFolder(root) ?? root, dir ?? DEFAULTS.cacheDir)
}

/** The nearest folder with a `package.json`, from `root` upwards; `undefined` outside of any package. */
export function packageFolder(root: string): string | undefined {
  return nearest(root, (folder) => existsSync(path.join(folder, 'package.json')))
}

/** The nearest workspace root: `pnpm-workspace.yaml`, or `workspaces` in `package.json` (npm, Yarn, Bun). */
function workspaceFolder(root: string): string | undefined {
  return nearest(root, (folder) => existsSync(path.join(folder, 'pnpm-workspace.yaml')) || hasWorkspaces(folder))
}

function hasWorkspaces(folder: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'workspaces' in manifest
  } catch {
    return false
  }
}

function nearest(from: string, matches: (folder: string) => boolean): string | undefined {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (matches(folder)) return folder
    if (folder === path.dirname(folder)) return undefined
  }
}
