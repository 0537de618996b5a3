import path from 'node:path'
import { formatError, isHdError, parseRequest, type HdRequest } from '@unplugin-hd/core'
import { glob } from 'tinyglobby'
import type { Resolve } from './resolve.ts'
import type { ScannedReference } from './scan.ts'

/** A reference that leads to an image. */
export interface ResolvedReference {
  /** Absolute path of the image. */
  file: string
  request: HdRequest
  writtenAt: ScannedReference
}

export interface ResolvedReferences {
  resolved: ResolvedReference[]
  /** References that lead to no file, with where they are written. */
  unresolved: string[]
  /** Wrong queries, with where they are written. */
  failures: string[]
}

export interface Places {
  /** Absolute path that names of importers are relative to. */
  folder: string
  /** Absolute path that patterns with `/` start from. */
  root: string
  resolve: Resolve
  /** Whether `include` and `exclude` let a file be processed (absolute path). */
  accepts(file: string): boolean
}

/** Which images references mean. */
export async function resolveReferences(
  references: readonly ScannedReference[],
  { folder, root, resolve, accepts }: Places,
): Promise<ResolvedReferences> {
  const found: ResolvedReferences = { resolved: [], unresolved: [], failures: [] }
  for (const writtenAt of references) {
    const { reference, isGlob, importer } = writtenAt
    const where = path.relative(folder, importer)
    const cut = reference.indexOf('?')
    const specifier = reference.slice(0, cut)
    try {
      const files = isGlob ? await globbed(specifier, importer, root) : [await resolve(specifier, importer)]
      for (const file of files) {
        if (file === undefined) found.unresolved.push(`${where}: '${reference}'`)
        else if (accepts(file))
          found.resolved.push({ file, request: parseRequest(file + reference.slice(cut))!.request, writtenAt })
      }
    } catch (error) {
      if (!isHdError(error)) throw error
      found.failures.push(`${where}: '${reference}': ${formatError(error)}`)
    }
  }
  return found
}

function globbed(pattern: string, importer: string, root: string): Promise<string[]> {
  const cwd = pattern.startsWith('/') ? root : path.dirname(importer)
  return glob(pattern.replace(/^\//, ''), { cwd, absolute: true, expandDirectories: false }).then((files) =>
    files.map((file) => path.normalize(file)),
  )
}
