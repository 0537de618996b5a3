import { realpath } from 'node:fs/promises'
import path from 'node:path'
import type { ResolvedConfig } from 'vite'
import { createFilter } from 'unplugin-utils'
import { toSpecifier } from '../paths.ts'

/** Which files the dev server may show. */
export interface Access {
  /** From now on this file may be shown, because code that the server runs imports it. */
  add(file: string): void
  /** Whether the file, and what it is a link to, may be shown. @param file absolute path with `/`; need not exist */
  allows(file: string): Promise<boolean>
}

/**
 * Vite's own rule (`server.fs`), by its options, for links as well: nothing that is denied, and of the rest what is below the
 * allowed folders or is imported. Vite exports the rule, but its module cannot be imported from every place that a plugin is
 * installed in.
 */
export function createAccess({ server, publicDir }: Pick<ResolvedConfig, 'server' | 'publicDir'>): Access {
  const { strict, allow, deny } = server.fs
  const imported = new Set<string>()
  const patterns = deny.map((pattern) => (pattern.includes('/') ? pattern : `**/${pattern}`).toLowerCase())
  const denied = createFilter(patterns.length > 0 ? patterns : /(?!)/, undefined, { resolve: false })
  const folders = [...allow, publicDir].filter(Boolean).map(toSpecifier)
  const realFolders = Promise.all(folders.map((folder) => realpath(folder).then(toSpecifier, () => folder)))

  const isAllowed = (file: string, within: readonly string[]): boolean => {
    if (!strict) return true
    if (isAmbiguous(file) || denied(file.toLowerCase())) return false
    return imported.has(file) || within.some((folder) => isBelow(folder, file))
  }

  return {
    add: (file) => void imported.add(file),
    async allows(file) {
      if (!isAllowed(file, folders)) return false
      const real = toSpecifier(await realpath(file).catch(() => file))
      return real === file || imported.has(file) || isAllowed(real, [...folders, ...(await realFolders)])
    },
  }
}

/** Names by which Windows reaches a file that is called otherwise: streams, and short names. */
function isAmbiguous(file: string): boolean {
  const local = file.replace(/^[a-z]:/i, '')
  return local.includes(':') || (path.sep === '\\' && local.includes('~'))
}

function isBelow(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
