import type { Rollup } from 'vite'
import { toModuleId, type ResolvedImport } from '../../resolve.ts'
import type { Project } from '../project.ts'
import { stubModule, toModule, urlSpecifier } from './module.ts'
import { isForOthers, loadNative, takesQueries } from './native.ts'

/**
 * In a build the enlarged image is a file, imported with `?url`. Vite's asset handling does the rest: `base`, `renderBuiltUrl`,
 * the inline limit, library mode and SSR.
 */
export async function resolveInBuild(project: Project, resolved: ResolvedImport, isWatching: boolean): Promise<string> {
  const { file, request } = resolved
  // A URL needs no module between the import and the file, which halves the modules of a build with many images. In watch mode
  // that module is needed: Rollup does not resolve an import again when the image changes.
  // A stub has no file.
  if (request.as !== 'url' || isWatching || project.session.stub) return toModuleId(resolved)
  const shape = await project.session.load(file, request, project.session.origins.of(toModuleId(resolved)))
  const [asset] = await project.assets.filesOf(shape, file, request)
  return urlSpecifier(asset!, request, takesQueries(project))
}

/** The module of an id from {@link resolveInBuild}. */
export async function loadInBuild(project: Project, id: string): Promise<Rollup.SourceDescription> {
  const { session, assets } = project
  const origin = session.origins.of(id)
  const { file, request } = await session.parse(id, origin)
  if (request.as === 'asset' && (!session.stub || isForOthers(project, request))) {
    return loadNative(project, { file, request, origin })
  }
  if (session.stub) return stubModule(await session.stub(file, request, origin), request)
  const shape = await session.load(file, request, origin)
  const bindings = (await assets.filesOf(shape, file, request)).map((each) => ({ file: each }))
  return { code: toModule(bindings, shape, request, takesQueries(project)), map: null, moduleSideEffects: false }
}
