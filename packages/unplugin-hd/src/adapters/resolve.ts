import { toQuery } from '@unplugin-hd/core'
import { requestOf } from '../session.ts'

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
 * so that aliases and packages work. `null` leaves the import, and the error message, to the bundler.
 */
export async function resolveHdId(context: ResolveContext, id: string, importer: string | undefined): Promise<string | null> {
  const { file, request } = requestOf(id)
  const resolved = await context.resolve(file, importer, { skipSelf: true })
  if (!resolved || resolved.external) return null
  return resolved.id.split('?', 1)[0]! + toQuery(request)
}
