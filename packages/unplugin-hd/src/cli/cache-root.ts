import { homedir } from 'node:os'
import path from 'node:path'
import { packageFolder } from '@unplugin-hd/core'

/**
 * The project that a command runs in, so that it shares the cache with the project's builds: the nearest folder with a
 * `package.json`, from `cwd` upwards. Outside a project the cache is in the user's cache folder, so that no `node_modules` is
 * created.
 */
export function cacheRoot(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): { root: string; cacheDir: string | undefined } {
  const root = packageFolder(cwd)
  if (root !== undefined) return { root, cacheDir: undefined }
  return { root: cwd, cacheDir: env['UNPLUGIN_HD_CACHE_DIR'] || path.join(userCacheDir(env, platform), 'unplugin-hd') }
}

/** XDG Base Directory Specification; Apple's and Microsoft's conventions. */
function userCacheDir(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local')
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches')
  return env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache')
}
