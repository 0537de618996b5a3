import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Plugin } from 'vite'
import type { HdOptions } from '../../options.ts'
import { resolveImport } from '../resolve.ts'
import { warnOfSlipped } from '../rollup-slipped.ts'
import { loadInBuild, resolveInBuild } from './build.ts'
import { createDev, type Dev } from './dev.ts'
import { inPublicDir } from './paths.ts'
import { createProject, type Project } from './project.ts'

/** The hooks for Vite: which of them do what in a build stands in `build.ts`, for the dev server in `dev.ts`. */
export function viteHooks(options: HdOptions): Partial<Plugin> {
  let project: Project
  let dev: Dev | undefined

  return {
    configResolved(config) {
      project = createProject(options, config)
    },
    configureServer(server) {
      dev = createDev(project, server)
    },
    resolveId: {
      filter: { id: HD_QUERY_RE },
      async handler(id, importer) {
        const { publicDir } = project.config
        const resolved = await resolveImport(this, project.session, id, importer, (file, specifier) => {
          return file === specifier ? inPublicDir(file, publicDir) : file
        })
        return resolved && (dev ? dev.resolve(resolved) : resolveInBuild(project, resolved, this.meta.watchMode))
      },
    },
    load: {
      filter: { id: HD_QUERY_RE },
      async handler(id) {
        if (!project.session.wants(id)) return null
        this.addWatchFile(id.split('?', 1)[0]!)
        return dev ? dev.load(id) : loadInBuild(project, id)
      },
    },
    async buildEnd(error) {
      // A dev server's build ends when the server does.
      await project.session.end(error !== undefined || dev !== undefined)
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        warnOfSlipped(bundle, project.warn)
      },
    },
  }
}
