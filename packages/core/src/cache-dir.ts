import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DEFAULTS } from './defaults.ts'

export interface CacheDirContext {
  /** Absolute path that the bundler starts in, which may be any folder of a package. */
  root: string
  env: Readonly<Record<string, string | undefined>>
}

/**
 * The absolute path of the cache. The option and the default start at the package that holds `root`, so that every bundler and
 * the command line mean the same folder. The environment (`UNPLUGIN_HD_CACHE_DIR`) starts at the workspace, so that one setting
 * means one folder for all of its packages.
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

/** The nearest folder that says which packages belong together: for pnpm, or for npm, Yarn and Bun. */
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
