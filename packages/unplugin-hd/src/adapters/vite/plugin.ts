import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Plugin } from 'vite'
import type { HdOptions } from '../../options.ts'
import { resolveImport } from '../resolve.ts'
import { slippedInBundle } from '../rollup-slipped.ts'
import { loadInBuild, resolveInBuild } from './build.ts'
import { addAlias, styleAlias, STYLE_RE } from './css.ts'
import { namePublicFiles, replacePublicFiles } from './css-public.ts'
import { createDev, type Dev } from './dev.ts'
import { findInDevPage } from './dev/html.ts'
import { devPlugin } from './dev/plugin.ts'
import { findInBuiltPage, sourcesOfHtml, transformHtml } from './html.ts'
import { createImageSets } from './image-sets.ts'
import { mayHaveNewUrl, sourcesOfNewUrls, transformNewUrl } from './new-url.ts'
import { nameManifestEntries } from './manifest.ts'
import { inPublicDir } from './paths.ts'
import { createProject, type Project } from './project.ts'
import { createStyleUrls, OWN_STYLE_RE } from './style-urls.ts'
import { templatesPlugin } from './templates.ts'

/** Plugins of Vite's own come between those of these two orders: the ones for CSS. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined }

const BUNDLED_DEV =
  "'experimental.bundledDev' of Vite is not supported yet: pictures may stay previews until the page is loaded again"

/**
 * The plugins for Vite: one before Vite's own, that the files go through first, one behind them, that sees what became of
 * stylesheets, one for the dev server and one for templates of components. Which hook does what in a build stands in `build.ts`,
 * `css.ts`, `html.ts` and `new-url.ts`, for the dev server in `dev.ts`, for templates in `templates.ts`.
 */
export function vitePlugins(options: HdOptions): readonly HdPlugin[] {
  let project: Project
  let dev: Dev | undefined
  const urls = createStyleUrls()
  const sets = createImageSets(urls)
  /** Pictures of stylesheets: which of them uses which is known to Vite alone. */
  const styleSources = new Set<string>()
  const onStyleSource = (file: string): void => void styleSources.add(file)
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
          return resolved && (dev ? dev.resolve(resolved, importer) : resolveInBuild(project, resolved, this.meta.watchMode))
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
          const isScript = !STYLE_RE.test(id) && !id.endsWith('.html')
          // In server code Vite leaves them alone.
          const mayBeNewUrl = isScript && this.environment.config.consumer === 'client' && mayHaveNewUrl(code)
          if (!isBuild()) {
            // Vite 7 watches only what it finds under the very name.
            if (mayBeNewUrl) for (const file of await sourcesOfNewUrls(project, this, code, id)) this.addWatchFile(file)
            return null
          }
          if (STYLE_RE.test(id)) {
            const named = namePublicFiles(code, project)
            return named === code ? null : { code: named, map: null }
          }
          if (id.endsWith('.html')) {
            if (this.meta.watchMode) for (const file of sourcesOfHtml(project, code, id)) this.addWatchFile(file)
            return null
          }
          if (!mayBeNewUrl) return null
          return transformNewUrl(project, this, code, id, (file) => this.addWatchFile(file))
        },
      },
    },
    {
      name: 'unplugin-hd:styles',
      enforce: undefined,
      load: {
        filter: { id: OWN_STYLE_RE },
        handler: (id) => urls.load(id),
      },
      transform: {
        filter: { id: [STYLE_RE, OWN_STYLE_RE] },
        async handler(code, id) {
          if (!isBuild()) return null
          if (OWN_STYLE_RE.test(id)) {
            urls.compiled(id, code)
            return null
          }
          const complete = await sets.complete(this, await replacePublicFiles(project, urls, this, code, id, onStyleSource))
          if (this.meta.watchMode) for (const file of styleSources) this.addWatchFile(file)
          return complete === code ? null : { code: complete, map: null }
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
        // Some frameworks start a dev server before they build, with the same plugins.
        dev = undefined
      },
      configureServer(server) {
        const created = (dev = createDev(project, server))
        if ('bundledDev' in server.config.experimental && server.config.experimental.bundledDev) project.warn(BUNDLED_DEV)
        return () => created.addLastMiddleware()
      },
      buildStart() {
        // Not earlier: then Vite 8 would resolve the aliases of all modules in JavaScript, which takes several times as long.
        if (isBuild()) addAlias(this.environment.config.resolve.alias, styleAlias(project, sets, onStyleSource))
      },
      transformIndexHtml: {
        order: 'pre',
        handler: (html, { filename }) =>
          transformHtml(project, html, filename, isBuild() ? findInBuiltPage(project, filename) : findInDevPage(project)),
      },
      async buildEnd(error) {
        dev?.close()
        // A dev server's build ends when the server does.
        await project.session.end(error !== undefined || dev !== undefined)
      },
      generateBundle: {
        order: 'post',
        async handler(_, bundle) {
          // Vite's bundled dev server has addresses that still say what they are.
          if (!isBuild()) return
          for (const text of await slippedInBundle(bundle, this.getModuleIds(), project.config.root)) project.warn(text)
        },
      },
      async writeBundle({ dir }) {
        await nameManifestEntries(project, this.environment.config.build.manifest, dir)
      },
    },
    styles,
    devPlugin(() => dev!),
    templatesPlugin(() => project),
  ]
}
