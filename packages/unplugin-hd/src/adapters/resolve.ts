import { HD_QUERY_RE, isHdId, MISTAKEN_QUERY_RE, toQuery, type HdRequest } from '@unplugin-hd/core'
import { displayPath, originOf, type Origin } from '../session/origin.ts'
import type { Session } from '../session/session.ts'
import type { BundlerPort } from './port.ts'
import { asUrl, valueMessage } from './url-place.ts'

/** An import with `?hd`, resolved. */
export interface ResolvedImport {
  /** Absolute path. */
  file: string
  request: HdRequest
  /** Where it is written, for errors. */
  origin: Origin
}

/** The place of a specifier. */
export interface ImportPlace {
  /** Absolute path or module id; `undefined` for an entry point. */
  importer: string | undefined
  /** Only the URL of one file fits there: `url()` in CSS, attributes, `new URL()`. @default false */
  isUrl?: boolean
}

/** Imports with `?hd`, and probable misspellings. */
export const RESOLVE_FILTER: RegExp[] = [HD_QUERY_RE, MISTAKEN_QUERY_RE]

/**
 * What an import with `?hd` asks for, and of which file: the bundler resolves the path without the query, so that aliases and
 * packages work. `null` leaves the import, and the error message, to the bundler. `include` and `exclude` are matched against
 * the resolved file, not against what an import calls it.
 * @throws Error with `HD_QUERY`
 */
export async function resolveThrough(
  port: Pick<BundlerPort, 'resolve'>,
  session: Session,
  specifier: string,
  { importer, isUrl = false }: ImportPlace,
): Promise<ResolvedImport | null> {
  const { root } = session.hd.options
  const origin = originOf(root, importer, specifier)
  if (!isHdId(specifier)) {
    await session.checkMistaken(specifier, origin)
    return null
  }
  const bare = specifier.split(/[?#]/, 1)[0]!
  const file = await port.resolve(bare, importer)
  if (file === undefined || !session.shouldTransform(file + specifier.slice(bare.length))) return null
  const { request: asked } = await session.parse(specifier, origin)
  const request = isUrl ? asUrl(asked) : asked
  if (request !== asked) session.warn(valueMessage(specifier, asked.as, displayPath(root, importer ?? '')))
  const resolved = { file, request, origin }
  session.origins.add(toModuleId(resolved), importer, specifier)
  return resolved
}

/** The part of the plugin context of Rollup, Rolldown and Vite that resolves. */
export interface ResolveContext {
  resolve(
    source: string,
    importer: string | undefined,
    options: { skipSelf: boolean },
  ): Promise<{ id: string; external?: unknown } | null | undefined>
}

/**
 * {@link resolveThrough} in Rollup, Rolldown and Vite.
 * @param correct called with the file that the bundler found and the requested specifier
 */
export function resolveImport(
  context: ResolveContext,
  session: Session,
  id: string,
  importer: string | undefined,
  correct: (file: string, specifier: string) => string = (file) => file,
): Promise<ResolvedImport | null> {
  const resolve: BundlerPort['resolve'] = async (specifier) => {
    const resolved = await context.resolve(specifier, importer, { skipSelf: true })
    return !resolved || resolved.external ? undefined : correct(resolved.id.split('?', 1)[0]!, specifier)
  }
  return resolveThrough({ resolve }, session, id, { importer })
}

/** The canonical module id: `/abs/a.jpg?hd&as=img`. */
export function toModuleId({ file, request }: Pick<ResolvedImport, 'file' | 'request'>): string {
  return file + toQuery(request)
}
