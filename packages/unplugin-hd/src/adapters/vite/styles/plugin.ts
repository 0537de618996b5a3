import type { ResolvedConfig } from 'vite'
import { textOf } from '../../rollup/unprocessed.ts'
import type { HdPlugin } from '../hd-plugin.ts'
import { HD_CODE_RE, STYLE_RE } from '../module-ids.ts'
import type { Runs } from '../runs.ts'
import { addAlias, styleAlias } from './alias.ts'
import { transformStyleInDev } from './dev.ts'
import { createImageSets } from './image-sets.ts'
import { replacePublicUrls, resolvePublicUrls } from './public-files.ts'
import { COMPILED_PLUGIN, createStyleUrls, OWN_STYLE_RE } from './style-urls.ts'

/** Outputs that can contain CSS. */
const OUTPUT_RE = /\.(?:css|[cm]?js|html)$/

/** `url()` and `image-set()` in stylesheets: the first plugin sees their source, the second what Vite's CSS plugins made of it. */
export function stylesPlugins(runs: Runs): [source: HdPlugin, compiled: HdPlugin] {
  const urls = createStyleUrls()
  const sets = createImageSets(urls)
  /** Images that any stylesheet uses: only Vite knows which one. */
  const images = new Set<string>()
  const onImage = (file: string): void => void images.add(file)
  /** Frameworks resolve more than one configuration, and Vite's CSS plugins may belong to another one than the environment. */
  const configs = new Set<ResolvedConfig>()

  const source: HdPlugin = {
    name: 'unplugin-hd:styles',
    enforce: 'pre',
    configResolved: (config) => void configs.add(config),
    buildStart() {
      const { project, dev } = runs.of(this)
      if (dev) return
      // Vite 8 resolves the aliases of all modules in JavaScript, several times slower, when one has a resolver before this hook.
      const ours = styleAlias(project, sets, onImage)
      for (const { resolve } of [this.environment.config, ...configs]) addAlias(resolve.alias, ours)
    },
    transform: {
      filter: { id: STYLE_RE, code: HD_CODE_RE },
      handler(code) {
        const { project, dev } = runs.of(this)
        const resolved = dev ? code : resolvePublicUrls(code, project)
        return resolved === code ? null : { code: resolved, map: null }
      },
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        if (runs.of(this).dev) return
        for (const [name, output] of Object.entries(bundle)) {
          if (OUTPUT_RE.test(name)) sets.refuseIncomplete(() => textOf(output))
        }
      },
    },
  }

  const compiled: HdPlugin = {
    name: COMPILED_PLUGIN,
    enforce: undefined,
    load: {
      filter: { id: OWN_STYLE_RE },
      handler: (id) => urls.load(id),
    },
    transform: {
      filter: { id: [STYLE_RE, OWN_STYLE_RE] },
      async handler(code, id) {
        const { project, dev } = runs.of(this)
        if (dev) return transformStyleInDev(project, dev, code, id)
        if (OWN_STYLE_RE.test(id)) {
          urls.compiled(id, code)
          return null
        }
        const complete = await sets.complete(this, await replacePublicUrls(project, urls, this, code, id, onImage))
        if (this.meta.watchMode) for (const file of images) this.addWatchFile(file)
        return complete === code ? null : { code: complete, map: null }
      },
    },
  }
  return [source, compiled]
}
