import { existsSync } from 'node:fs'
import path from 'node:path'

/** Vite writes paths with `/` on every system. */
export function toSpecifier(file: string): string {
  return file.replaceAll('\\', '/')
}

/** A name that can stand in an import specifier. */
export function fileName(name: string): string {
  return name.replace(/[?#%]/g, '_')
}

/** Vite resolves `/a.jpg` of the public folder to itself; the file is meant. */
export function inPublicDir(file: string, publicDir: string): string {
  if (!publicDir || !file.startsWith('/') || existsSync(file)) return file
  const candidate = path.join(publicDir, file)
  const inside = candidate.startsWith(path.resolve(publicDir) + path.sep)
  return inside && existsSync(candidate) ? toSpecifier(candidate) : file
}
