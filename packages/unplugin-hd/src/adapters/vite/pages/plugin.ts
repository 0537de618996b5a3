import type { HdPlugin } from '../hd-plugin.ts'
import { HD_CODE_RE, PAGE_RE } from '../module-ids.ts'
import type { Runs } from '../runs.ts'
import { findInBuild } from './build.ts'
import { findInDev } from './dev.ts'
import { findImageFiles } from './files.ts'
import { transformHtml } from './html.ts'

/** `src`, `srcset` and the other attributes of pages that name images. */
export function pagesPlugin(runs: Runs): HdPlugin {
  return {
    name: 'unplugin-hd:pages',
    enforce: 'pre',
    transform: {
      filter: { id: PAGE_RE, code: HD_CODE_RE },
      handler(code, id) {
        const { project, dev } = runs.of(this)
        if (dev || !this.meta.watchMode) return null
        for (const file of findImageFiles(project, code, id)) this.addWatchFile(file)
        return null
      },
    },
    transformIndexHtml: {
      order: 'pre',
      handler(html, { filename, server }) {
        const { project, dev } = server ? runs.at(server.config, this) : runs.last(this)
        return transformHtml(project, html, filename, dev ? findInDev(project) : findInBuild(project, filename))
      },
    },
  }
}
