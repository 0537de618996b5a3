import path from 'node:path'

/**
 * A file's path for messages and names: `src/hero.jpg`, relative to a folder, with `/` on every platform.
 * @returns the absolute path for the folder itself, and on Windows for a file on another drive
 */
export function relativePath(folder: string, file: string): string {
  return (path.relative(folder, file) || file).replaceAll(path.sep, '/')
}
