import { existsSync } from 'node:fs'
import path from 'node:path'

/** Vite writes paths with `/` on every system. */
export function toSpecifier(file: string): string {
  return file.replaceAll('\\', '/')
}

/** A name that can stand in an import specifier, and without quotes in a `url()`, where Vite writes what it finds. */
export function fileName(name: string): string {
  return name.replace(/[?#%()'"]/g, '_')
}

/** Vite resolves `/a.jpg` of the public folder to itself; the file is meant. */
export function inPublicDir(file: string, publicDir: string): string {
  return existsSync(file) ? file : toSpecifier(publicFile(file, publicDir) ?? file)
}

/** The file in the public folder that an address means, if there is one. @param publicDir absolute path, or '' for none */
export function publicFile(address: string, publicDir: string): string | undefined {
  if (!publicDir || !address.startsWith('/')) return undefined
  const file = path.join(publicDir, address)
  const inside = file.startsWith(path.resolve(publicDir) + path.sep)
  return inside && existsSync(file) ? file : undefined
}

/**
 * The URL by which a page or a module names a file, from its own folder. On Windows there is none to a file on another
 * drive: then the path itself.
 * @param from absolute path of the page or module
 */
export function relativeUrl(from: string, file: string): string {
  const relative = toSpecifier(path.relative(path.dirname(from), file))
  return relative.startsWith('.') || path.isAbsolute(relative) ? relative : `./${relative}`
}
