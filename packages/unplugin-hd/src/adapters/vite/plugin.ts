import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Plugin } from 'vite'
import type { HdOptions } from '../../options.ts'
import { resolveImport } from '../resolve.ts'
import { loadInBuild, resolveInBuild } from './build.ts'
import { namePublicFiles, styleAlias, STYLE_RE } from './css.ts'
import { createDev, type Dev } from './dev.ts'
import { transformHtml } from './html.ts'
import { createImageSets, IMAGE_SET_ID_RE, MARK_IN_CODE } from './image-sets.ts'
import { NEW_URL_CODE_RE, transformNewUrl } from './new-url.ts'
import { inPublicDir } from './paths.ts'
import { createProject, type Project } from './project.ts'
import { warnOfSlipped } from './slipped.ts'

/** Plugins of Vite's own come between those of these two orders: the ones for CSS. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined }

/**
 * The plugins for Vite: one before Vite's own, that the files go through first, and one behind them, that sees what became of
 * stylesheets. Which hook does what in a build stands in `build.ts`, `css.ts`, `html.ts` and `new-url.ts`, for the dev server
 * in `dev.ts`.
 */
export function vitePlugins(options: HdOptions): readonly [HdPlugin, HdPlugin] {
  let project: Project
  let dev: Dev | undefined
  const sets = createImageSets()
  /** Pictures of places where Vite itself does not watch them. */
  const sources = new Set<string>()
  const isBuild = (): boolean => project.config.command === 'build'

  /** What workers need as well. They are built within the build, so they neither begin nor end it. */
  const shared = (): [HdPlugin, HdPlugin] => [
    {
      name: 'unplugin-hd',
      enforce: 'pre',
      resolveId: {
        filter: { id: HD_QUERY_RE },
        async handler(id, importer) {
          const { publicDir } = project.config
          const resolved = await resolveImport(this, project.session, id, importer, (file) => inPublicDir(file, publicDir))
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
      transform: {
        filter: { code: /[?&]hd/ },
        async handler(code, id) {
          if (!isBuild()) return null
          if (STYLE_RE.test(id)) {
            const named = namePublicFiles(code, project)
            return named === code ? null : { code: named, map: null }
          }
          // In server code Vite leaves them alone.
          if (this.environment.config.consumer !== 'client' || !NEW_URL_CODE_RE.test(code)) return null
          return transformNewUrl(project, this, code, id, (file) => this.addWatchFile(file))
        },
      },
    },
    {
      name: 'unplugin-hd:styles',
      enforce: undefined,
      load: {
        filter: { id: IMAGE_SET_ID_RE },
        handler: (id) => sets.load(id),
      },
      transform: {
        filter: { id: [STYLE_RE, IMAGE_SET_ID_RE] },
        async handler(code, id) {
          if (!isBuild()) return null
          if (IMAGE_SET_ID_RE.test(id)) {
            sets.loaded(id, code)
            return null
          }
          // Which of them this stylesheet uses is known to Vite alone.
          if (this.meta.watchMode) for (const file of sources) this.addWatchFile(file)
          return code.includes(MARK_IN_CODE) ? { code: await sets.complete(this, code), map: null } : null
        },
      },
    },
  ]

  const [files, styles] = shared()
  return [
    {
      ...files,
      // Vite builds workers with plugins of their own, and gives them none of the others.
      config: () => ({ worker: { plugins: shared } }),
      configResolved(config) {
        project = createProject(options, config)
        if (isBuild()) config.resolve.alias.unshift(styleAlias(project, sets, (file) => sources.add(file)))
      },
      configureServer(server) {
        dev = createDev(project, server)
      },
      transformIndexHtml: {
        order: 'pre',
        handler: (html, { filename }) => (isBuild() ? transformHtml(project, html, filename, (file) => sources.add(file)) : html),
      },
      async buildEnd(error) {
        // A dev server's build ends when the server does.
        await project.session.end(error !== undefined || dev !== undefined)
      },
      generateBundle: {
        order: 'post',
        async handler(_, bundle) {
          await warnOfSlipped(project, this, bundle)
        },
      },
    },
    styles,
  ]
}
