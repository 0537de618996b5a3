import { existsSync } from 'node:fs'
import path from 'node:path'
import { normalizePath } from 'unplugin-utils'

/** A file name that is safe in an import specifier and in a `url()` without quotes. */
export function fileName(name: string): string {
  return name.replace(/[?#%()'"]/g, '_')
}

/** The absolute path of a file. Vite resolves `/a.jpg` in the public folder to `/a.jpg`. */
export function inPublicDir(file: string, publicDir: string): string {
  return existsSync(file) ? file : normalizePath(publicFile(file, publicDir) ?? file)
}

/** The file in the public folder that has this address, if there is one. @param publicDir absolute path, or '' for none */
export function publicFile(address: string, publicDir: string): string | undefined {
  if (!publicDir || !address.startsWith('/')) return undefined
  const file = path.join(publicDir, address)
  const inside = file.startsWith(path.resolve(publicDir) + path.sep)
  return inside && existsSync(file) ? file : undefined
}

/**
 * The URL of a file relative to a page or a module. On Windows a file on another drive has none, and the result is its path.
 * @param from absolute path of the page or module
 */
export function relativeUrl(from: string, file: string): string {
  const relative = normalizePath(path.relative(path.dirname(from), file))
  return relative.startsWith('.') || path.isAbsolute(relative) ? relative : `./${relative}`
}
