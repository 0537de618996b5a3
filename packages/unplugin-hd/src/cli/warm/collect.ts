import { HdError, packageFolder, parseRequest, type HdRequest } from '@unplugin-hd/core'
import { resolveReferences, type ResolvedReferences } from '../../references/resolved.ts'
import { scanReferences } from '../../references/scan.ts'
import { findImages } from '../images.ts'
import type { Project } from '../project.ts'
import { createResolve } from './resolve.ts'
import type { Wanted } from './survey.ts'

export interface Collected extends Omit<ResolvedReferences, 'resolved'> {
  wanted: Wanted[]
}

/** All images that the source files of the project reference. */
export async function collectReferences(project: Project): Promise<Collected> {
  const { resolved, ...problems } = await projectReferences(project)
  return { wanted: resolved, ...problems }
}

/** All references in the source files of the project. */
export async function projectReferences({ root, config, options, raw, folder: start }: Project): Promise<ResolvedReferences> {
  const folder = packageFolder(root) ?? root
  const resolve = await createResolve(start, root, config, raw)
  return resolveReferences(await scanReferences(folder), { folder, root, resolve, accepts: options.accepts })
}

/** The given images, all with the same query. @throws HdError `HD_QUERY`, `HD_SOURCE_MISSING` */
export async function collectImages(words: readonly string[], query: string, cwd: string): Promise<Collected> {
  const request = requestOf(query)
  const images = await findImages(words, cwd)
  return { wanted: images.map(({ file }) => ({ file, request })), unresolved: [], failures: [] }
}

function requestOf(query: string): HdRequest {
  const parsed = parseRequest(`image${query.startsWith('?') ? query : `?${query}`}`)
  if (!parsed)
    throw new HdError('HD_QUERY', `'${query}' does not contain 'hd'`, { remedy: "Write '?hd', or '?hd&as=picture&format=avif'" })
  return parsed.request
}
