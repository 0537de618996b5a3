import { normalizePath } from 'unplugin-utils'
import type { Rollup } from 'vite'
import { toModuleId, type ResolvedImport } from '../../resolve.ts'
import type { Project } from '../project.ts'
import type { Access } from '../server/access.ts'
import { planShape } from '../server/plan.ts'
import { stubModule, toModule } from './module.ts'
import { isForOthers, loadNative, takesQueries } from './native.ts'

/** The id of a `?hd` import in dev. What code of the project imports may be served from now on. */
export function resolveInDev(
  { config }: Project,
  access: Access,
  resolved: ResolvedImport,
  importer: string | undefined,
): string {
  // Vite's importer for a URL that was opened in the browser.
  const noImporter = `${normalizePath(config.root)}/index.html`
  if (importer !== undefined && normalizePath(importer) !== noImporter) access.add(normalizePath(resolved.file))
  return toModuleId(resolved)
}

/** The module of such an id: addresses of images that are made later. `null` when the file may not be served. */
export async function loadInDev(project: Project, access: Access, id: string): Promise<Rollup.SourceDescription | null> {
  const { config, session } = project
  const origin = session.origins.of(id)
  const parsed = await session.parse(id, origin)
  const file = normalizePath(parsed.file)
  if (!(await access.allows(file))) return null
  // Another plugin reads the file, so it is made at once.
  if (parsed.request.as === 'asset' && isForOthers(project, parsed.request)) {
    return loadNative(project, { file, request: parsed.request, origin })
  }
  if (session.stub) return stubModule(await session.stub(file, parsed.request, origin), parsed.request)
  const { shape, addresses } = await planShape(session, config, file, parsed.request, origin)
  const bindings = addresses.map((url) => (url === undefined ? { file } : { url }))
  return { code: toModule(bindings, shape, parsed.request, takesQueries(project)), map: null, moduleSideEffects: false }
}
