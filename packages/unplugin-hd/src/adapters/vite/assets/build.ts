import type { Rollup } from 'vite'
import { toModuleId, type ResolvedImport } from '../../resolve.ts'
import { ASSET_QUERY, assetFiles, toModule } from './module.ts'
import type { Project } from '../project.ts'

/**
 * In a build the 2x becomes a file that a module imports with `?url`, so that Vite's own asset handling
 * (base, `renderBuiltUrl`, inline limit, library mode, SSR) does the rest, without any of its internals.
 */
export async function resolveInBuild(project: Project, resolved: ResolvedImport, watching: boolean): Promise<string> {
  const { file, request } = resolved
  // A URL needs no module between the import and the file: half the modules of a build with many images. While watching
  // there has to be one, because what an import resolved to is not asked again.
  if (request.as !== 'url' || watching) return toModuleId(resolved)
  const { shape } = await project.session.load(file, request, project.session.origins.of(toModuleId(resolved)))
  const [asset] = await assetFiles(project, shape, file, request)
  return asset! + ASSET_QUERY[request.delivery]
}

/** The module of an id that {@link resolveInBuild} gave. */
export async function loadInBuild(project: Project, id: string): Promise<Rollup.SourceDescription> {
  const origin = project.session.origins.of(id)
  const { file, request } = await project.session.parse(id, origin)
  const { shape } = await project.session.load(file, request, origin)
  const bindings = (await assetFiles(project, shape, file, request)).map((specifier) => ({ specifier }))
  return { code: toModule(bindings, shape, request), map: null, moduleSideEffects: false }
}
