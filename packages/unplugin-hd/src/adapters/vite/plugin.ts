import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { Plugin } from 'vite'
import type { HdOptions } from '../../options.ts'
import { RESOLVE_FILTER, resolveImport } from '../resolve.ts'
import { unprocessedInBundle, textOf } from '../rollup/unprocessed.ts'
import { loadInBuild, resolveInBuild } from './assets/build.ts'
import { addAlias, styleAlias, STYLE_RE } from './styles/resolve.ts'
import { namePublicFiles, replacePublicFiles } from './styles/public.ts'
import { findInDevPage } from './server/html.ts'
import { devPlugin } from './server/plugin.ts'
import { findInBuiltPage, sourcesOfHtml, transformHtml } from './pages/html.ts'
import { createImageSets } from './styles/image-sets.ts'
import { mayHaveNewUrl, sourcesOfNewUrls, transformNewUrl } from './scripts/new-url.ts'
import { nameManifestEntries } from './assets/manifest.ts'
import { inPublicDir } from './paths.ts'
import { createRuns } from './runs.ts'
import { createStyleUrls, OWN_STYLE_RE } from './styles/style-urls.ts'
import { templatesPlugin } from './templates/templates.ts'

/** Plugins of Vite's own come between those of these two orders: the ones for CSS. */
export type HdPlugin = Omit<Plugin, 'enforce'> & { enforce: 'pre' | undefined }

const BUNDLED_DEV =
  "'experimental.bundledDev' of Vite is not supported yet: images may stay previews until the page is loaded again"

const BEHIND_IMAGETOOLS =
  "vite-imagetools stands before this plugin and answers '?hd&as=…' and '?hd&format=…' itself, at 1x. Put hd() before imagetools() in 'plugins'"

/**
 * The plugins for Vite: one before Vite's own, that the files go through first, one behind them, that sees what became of
 * stylesheets, one for the dev server and one for templates of components. Which hook does what in a build stands in `build.ts`,
 * `css.ts`, `html.ts` and `new-url.ts`, for the dev server in `dev.ts`, for templates in `templates.ts`.
 */
export function vitePlugins(options: HdOptions): readonly HdPlugin[] {
  const runs = createRuns(options)
  const urls = createStyleUrls()
  const sets = createImageSets(urls)
  /** Places in templates whose references were processed. */
  const processed = new Set<string>()
  /** Images of stylesheets: which of them uses which is known to Vite alone. */
  const styleSources = new Set<string>()
  const onStyleSource = (file: string): void => void styleSources.add(file)

  /** What workers need as well. They are built within the build, so they neither begin nor end it. */
  const shared = (): [HdPlugin, HdPlugin] => [
    {
      name: 'unplugin-hd',
      enforce: 'pre',
      resolveId: {
        filter: { id: RESOLVE_FILTER },
        async handler(id, importer) {
          const { project, dev } = runs.of(this)
          const { publicDir } = project.config
          const resolved = await resolveImport(this, project.session, id, importer, (file) => inPublicDir(file, publicDir))
          return resolved && (dev ? dev.resolve(resolved, importer) : resolveInBuild(project, resolved, this.meta.watchMode))
        },
      },
      load: {
        filter: { id: HD_QUERY_RE },
        async handler(id) {
          const { project, dev } = runs.of(this)
          if (!project.session.shouldTransform(id)) return null
          this.addWatchFile(id.split('?', 1)[0]!)
          return dev ? dev.load(id) : loadInBuild(project, id)
        },
      },
      transform: {
        filter: { code: /[?&]hd/ },
        async handler(code, id) {
          const { project, dev } = runs.of(this)
          const isScript = !STYLE_RE.test(id) && !id.endsWith('.html')
          // In server code Vite leaves them alone.
          const mayBeNewUrl = isScript && this.environment.config.consumer === 'client' && mayHaveNewUrl(code)
          if (dev) {
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
          const { project, dev } = runs.of(this)
          if (dev) return null
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
      // Wrong options are told of at once.
      configResolved(config) {
        const { project } = runs.at(config, this)
        const names = config.plugins.map(({ name }) => name)
        const imagetools = names.indexOf('imagetools')
        if (imagetools >= 0 && imagetools < names.indexOf('unplugin-hd')) project.warn(BEHIND_IMAGETOOLS)
      },
      configureServer(server) {
        const { project, dev } = runs.serve(server, this)
        if ('bundledDev' in server.config.experimental && server.config.experimental.bundledDev) project.warn(BUNDLED_DEV)
        return () => dev?.addLastMiddleware()
      },
      buildStart() {
        const { project, dev } = runs.of(this)
        // Not earlier: then Vite 8 would resolve the aliases of all modules in JavaScript, which takes several times as long.
        if (!dev) addAlias(this.environment.config.resolve.alias, styleAlias(project, sets, onStyleSource))
      },
      transformIndexHtml: {
        order: 'pre',
        handler(html, { filename, server }) {
          const { project, dev } = server ? runs.at(server.config, this) : runs.last(this)
          return transformHtml(project, html, filename, dev ? findInDevPage(project) : findInBuiltPage(project, filename))
        },
      },
      async buildEnd(error) {
        const { project, dev } = runs.of(this)
        dev?.close()
        // A dev server's build ends when the server does.
        await project.session.end(error !== undefined || dev !== undefined)
        await project.staged.sweep()
      },
      generateBundle: {
        order: 'post',
        async handler(_, bundle) {
          // Vite's bundled dev server has addresses that still say what they are.
          const { project, dev } = runs.of(this)
          if (dev) return
          for (const [name, output] of Object.entries(bundle)) {
            if (/\.(?:css|[cm]?js|html)$/.test(name)) sets.refuseLeft(() => textOf(output))
          }
          const { config, session } = project
          const texts = await unprocessedInBundle(bundle, this.getModuleIds(), config.root, session.leftOut, processed)
          for (const text of texts) project.warn(text)
        },
      },
      async writeBundle({ dir }) {
        await nameManifestEntries(runs.of(this).project, this.environment.config.build.manifest, dir)
      },
    },
    styles,
    devPlugin(runs),
    templatesPlugin(runs, (where) => void processed.add(where)),
  ]
}
