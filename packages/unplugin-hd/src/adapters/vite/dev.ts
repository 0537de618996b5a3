import type { Rollup, ViteDevServer } from 'vite'
import { requestOf } from '../../session.ts'
import { toModuleId, type ResolvedImport } from '../resolve.ts'
import { createDevAssets } from './dev-assets.ts'
import { toModule, type Binding } from './module.ts'
import { toSpecifier } from './paths.ts'
import type { Project } from './project.ts'

/** The plugin's part of a dev server. */
export interface Dev {
  /** The id of a resolved `?hd` import. */
  resolve(resolved: ResolvedImport): string
  /** The module of such an id. */
  load(id: string): Promise<Rollup.SourceDescription>
}

/** Makes a dev server answer for 2x pictures. */
export function createDev({ config, session }: Project, server: ViteDevServer): Dev {
  const assets = createDevAssets(session.hd, config)
  server.middlewares.use(assets.middleware)
  return {
    resolve: toModuleId,
    async load(id) {
      const { file, request } = requestOf(id)
      const { shape } = await session.load(file, request)
      const bindings = await Promise.all(
        shape.parts.map(async ({ asset, name, original }): Promise<Binding> => {
          return original ? { specifier: toSpecifier(file) } : { url: await assets.urlOf(asset, name) }
        }),
      )
      return { code: toModule(bindings, shape, request), map: null, moduleSideEffects: false }
    },
  }
}
