import { toQuery } from '@unplugin-hd/core'
import { requestOf, type Session } from '../session.ts'

/** The part of Rollup's plugin context that Vite, Rollup and Rolldown share here. */
export interface ResolveContext {
  resolve(
    source: string,
    importer: string | undefined,
    options: { skipSelf: boolean },
  ): Promise<{ id: string; external?: unknown } | null | undefined>
}

/**
 * The canonical module id (`/abs/a.jpg?hd&as=img`) of an import with `?hd`: the bundler resolves the path without the query,
 * so that aliases and packages work. `null` leaves the import, and the error message, to the bundler. Whether the session
 * wants it is asked with the resolved file: `include` and `exclude` are about files, not about what they are called in an import.
 */
export async function resolveHdId(
  context: ResolveContext,
  session: Session,
  id: string,
  importer: string | undefined,
): Promise<string | null> {
  const specifier = id.split(/[?#]/, 1)[0]!
  const resolved = await context.resolve(specifier, importer, { skipSelf: true })
  if (!resolved || resolved.external) return null
  const file = resolved.id.split('?', 1)[0]!
  return session.wants(file + id.slice(specifier.length)) ? file + toQuery(requestOf(id).request) : null
}
