import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { ResolvedConfig } from 'vite'
import { createFilter, normalizePath } from 'unplugin-utils'

/** Which files the dev server may show. */
export interface Access {
  /** Allows a file that code of the project imports. @param file absolute path with `/` */
  add(file: string): void
  /** True when the file, and the target of a link, may be shown. @param file absolute path with `/`; it need not exist */
  allows(file: string): Promise<boolean>
}

/**
 * Vite's own rule (`server.fs`), also for the targets of links: a file must be below an allowed folder or imported, and must not
 * be denied. Vite exports the rule, but a plugin cannot import Vite from everywhere it may be installed.
 */
export function createAccess({ server, publicDir }: Pick<ResolvedConfig, 'server' | 'publicDir'>): Access {
  const { strict, allow, deny } = server.fs
  const imported = new Set<string>()
  const patterns = deny.map((pattern) => (pattern.includes('/') ? pattern : `**/${pattern}`).toLowerCase())
  const denied = createFilter(patterns.length > 0 ? patterns : /(?!)/, undefined, { resolve: false })
  const folders = [...allow, publicDir].filter(Boolean).map(normalizePath)
  const realFolders = Promise.all(folders.map((folder) => realpath(folder).then(normalizePath, () => folder)))

  const isAllowed = (file: string, within: readonly string[]): boolean => {
    if (!strict) return true
    if (isAmbiguous(file) || denied(file.toLowerCase())) return false
    return imported.has(file) || within.some((folder) => isBelow(folder, file))
  }

  return {
    add: (file) => void imported.add(file),
    async allows(file) {
      if (!isAllowed(file, folders)) return false
      const real = normalizePath(await realpath(file).catch(() => file))
      return real === file || imported.has(file) || isAllowed(real, [...folders, ...(await realFolders)])
    },
  }
}

/** A second name for a file on Windows: of a stream, or a short name. */
export function isAmbiguous(file: string, separator: string = path.sep): boolean {
  const local = file.replace(/^[a-z]:/i, '')
  return local.includes(':') || (separator === '\\' && local.includes('~'))
}

function isBelow(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
