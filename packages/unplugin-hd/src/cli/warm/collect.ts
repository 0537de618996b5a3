import path from 'node:path'
import { HdError, isHdError, formatError, packageFolder, parseRequest, type HdRequest } from '@unplugin-hd/core'
import { glob } from 'tinyglobby'
import { findImages } from '../images.ts'
import type { Project } from '../project.ts'
import { createResolve } from './resolve.ts'
import { scanReferences } from './scan.ts'
import type { Wanted } from './survey.ts'

export interface Collected {
  wanted: Wanted[]
  /** References that lead to no file, with where they are written. */
  unresolved: string[]
  failures: string[]
}

/** All images that the source files of the project ask for. */
export async function collectReferences(project: Project): Promise<Collected> {
  const { root, config, options, raw } = project
  const folder = packageFolder(root) ?? root
  const resolve = await createResolve(project.folder, root, config, raw)
  const collected: Collected = { wanted: [], unresolved: [], failures: [] }
  for (const { reference, isGlob, importer } of await scanReferences(folder)) {
    const where = path.relative(folder, importer)
    const cut = reference.indexOf('?')
    const specifier = reference.slice(0, cut)
    try {
      const files = isGlob ? await globbed(specifier, importer, root) : [await resolve(specifier, importer)]
      for (const file of files) {
        if (file === undefined) collected.unresolved.push(`${where}: '${reference}'`)
        else if (options.accepts(file))
          collected.wanted.push({ file, request: parseRequest(file + reference.slice(cut))!.request })
      }
    } catch (error) {
      if (!isHdError(error)) throw error
      collected.failures.push(`${where}: '${reference}': ${formatError(error)}`)
    }
  }
  return collected
}

function globbed(pattern: string, importer: string, root: string): Promise<string[]> {
  const cwd = pattern.startsWith('/') ? root : path.dirname(importer)
  return glob(pattern.replace(/^\//, ''), { cwd, absolute: true, expandDirectories: false }).then((files) =>
    files.map((file) => path.normalize(file)),
  )
}

/** Images by their names, all for one query. @throws HdError `HD_QUERY`, `HD_SOURCE_MISSING` */
export async function collectImages(words: readonly string[], query: string, cwd: string): Promise<Collected> {
  const request = requestOf(query)
  const images = await findImages(words, cwd)
  return { wanted: images.map(({ file }) => ({ file, request })), unresolved: [], failures: [] }
}

function requestOf(query: string): HdRequest {
  const parsed = parseRequest(`image${query.startsWith('?') ? query : `?${query}`}`)
  if (!parsed)
    throw new HdError('HD_QUERY', `'${query}' has no 'hd' in it`, { remedy: "Write '?hd', or '?hd&as=picture&format=avif'" })
  return parsed.request
}
