import { HD_QUERY_RE } from '@unplugin-hd/core'
import { RESOLVE_FILTER, resolveImport } from '../../resolve.ts'
import type { HdPlugin } from '../hd-plugin.ts'
import { inPublicDir } from '../paths.ts'
import { cleanId } from '../place.ts'
import type { Runs } from '../runs.ts'
import { loadInBuild, resolveInBuild } from './build.ts'
import { loadInDev, resolveInDev } from './dev.ts'
import { renameManifestEntries } from './manifest.ts'

const NAME = 'unplugin-hd'

const BEHIND_IMAGETOOLS =
  "vite-imagetools comes before this plugin and answers '?hd&as=…' and '?hd&format=…' itself, at 1x. Put hd() before imagetools() in 'plugins'"

/** `import url from './a.jpg?hd'`, and the files that Vite gets for it. */
export function assetsPlugin(runs: Runs): HdPlugin {
  return {
    name: NAME,
    enforce: 'pre',
    configResolved(config) {
      const { project } = runs.at(config, this)
      const names = config.plugins.map(({ name }) => name)
      const imagetools = names.indexOf('imagetools')
      if (imagetools >= 0 && imagetools < names.indexOf(NAME)) project.warn(BEHIND_IMAGETOOLS)
    },
    resolveId: {
      filter: { id: RESOLVE_FILTER },
      async handler(id, importer) {
        const { project, dev } = runs.of(this)
        const { publicDir } = project.config
        const resolved = await resolveImport(this, project.session, id, importer, (file) => inPublicDir(file, publicDir))
        if (!resolved) return null
        return dev
          ? resolveInDev(project, dev.access, resolved, importer)
          : resolveInBuild(project, resolved, this.meta.watchMode)
      },
    },
    load: {
      filter: { id: HD_QUERY_RE },
      async handler(id) {
        const { project, dev } = runs.of(this)
        if (!project.session.shouldTransform(id)) return null
        this.addWatchFile(cleanId(id))
        return dev ? loadInDev(project, dev.access, id) : loadInBuild(project, id)
      },
    },
    async writeBundle({ dir }) {
      const { manifest } = this.environment.config.build
      if (!manifest || dir === undefined) return
      const renamed = await renameManifestEntries(runs.of(this).project, manifest, dir)
      for (const entry of renamed) runs.manifestEntries.add(entry.replace(/&.*/, ''))
    },
  }
}
