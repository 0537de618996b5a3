import { HD_QUERY_RE, isHdId, MISTAKEN_QUERY_RE, toQuery, type HdRequest } from '@unplugin-hd/core'
import { originOf } from '../session/origin.ts'
import type { Session } from '../session/session.ts'

/** The part of Rollup's plugin context that Vite, Rollup and Rolldown share here. */
export interface ResolveContext {
  resolve(
    source: string,
    importer: string | undefined,
    options: { skipSelf: boolean },
  ): Promise<{ id: string; external?: unknown } | null | undefined>
}

/** An import with `?hd`, resolved. */
export interface ResolvedImport {
  /** Absolute path. */
  file: string
  request: HdRequest
}

/** Imports that are ours, and those that were probably meant to be. */
export const RESOLVE_FILTER: RegExp[] = [HD_QUERY_RE, MISTAKEN_QUERY_RE]

/**
 * What an import with `?hd` asks for, and of which file: the bundler resolves the path without the query, so that aliases and
 * packages work. `null` leaves the import, and the error message, to the bundler. Whether the session wants it is asked with
 * the resolved file: `include` and `exclude` are about files, not about what they are called in an import.
 * @param correct given the file that the bundler found and the specifier that it was asked for
 */
export async function resolveImport(
  context: ResolveContext,
  session: Session,
  id: string,
  importer: string | undefined,
  correct: (file: string, specifier: string) => string = (file) => file,
): Promise<ResolvedImport | null> {
  if (!isHdId(id)) {
    await session.checkMistaken(id, originOf(session.hd.options.root, importer, id))
    return null
  }
  const specifier = id.split(/[?#]/, 1)[0]!
  const resolved = await context.resolve(specifier, importer, { skipSelf: true })
  if (!resolved || resolved.external) return null
  const file = correct(resolved.id.split('?', 1)[0]!, specifier)
  if (!session.shouldTransform(file + id.slice(specifier.length))) return null
  const { request } = await session.parse(id, originOf(session.hd.options.root, importer, id))
  const found = { file, request }
  session.origins.add(toModuleId(found), importer, id)
  return found
}

/** The canonical module id: `/abs/a.jpg?hd&as=img`. */
export function toModuleId({ file, request }: ResolvedImport): string {
  return file + toQuery(request)
}
