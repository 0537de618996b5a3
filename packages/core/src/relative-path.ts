import path from 'node:path'

/** The paths of a system, `path.win32` or `path.posix`. @default those of this machine */
type PathRules = Pick<path.PlatformPath, 'relative' | 'isAbsolute' | 'sep'>

/**
 * A file's path for messages and names: `src/hero.jpg`, relative to a folder, with `/` on every platform.
 * @returns the absolute path for the folder itself, and on Windows for a file on another drive
 */
export function relativePath(folder: string, file: string, { relative, sep }: PathRules = path): string {
  return (relative(folder, file) || file).replaceAll(sep, '/')
}

/** True for the folder itself and for what is below it; upper and lower case count where the file system tells them apart. */
export function isInside(folder: string, file: string, { relative, isAbsolute, sep }: PathRules = path): boolean {
  const way = relative(folder, file)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
