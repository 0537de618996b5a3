import type { HdPlugin } from '../hd-plugin.ts'
import { HD_CODE_RE, PAGE_RE, STYLE_RE } from '../module-ids.ts'
import type { Runs } from '../runs.ts'
import { findImagesOfNewUrls, mayHaveNewUrl, transformNewUrls } from './new-url.ts'

/**
 * `new URL('./a.jpg?hd', import.meta.url)`, and workers, which Vite bundles with separate plugins.
 * @param others plugins that workers need besides this one
 */
export function scriptsPlugin(runs: Runs, others: readonly HdPlugin[]): HdPlugin {
  const plugin: HdPlugin = {
    name: 'unplugin-hd:scripts',
    enforce: 'pre',
    config: () => ({ worker: { plugins: () => [...others, plugin].map(moduleHooks) } }),
    transform: {
      filter: { id: { exclude: [STYLE_RE, PAGE_RE] }, code: HD_CODE_RE },
      async handler(code, id) {
        const { project, dev } = runs.of(this)
        // Vite leaves a `new URL()` in server code alone.
        if (this.environment.config.consumer !== 'client' || !mayHaveNewUrl(code)) return null
        if (!dev) return transformNewUrls(project, this, code, id, (file) => this.addWatchFile(file))
        // Vite 7 watches only files whose name is written without a query.
        for (const file of await findImagesOfNewUrls(project, this, code, id)) this.addWatchFile(file)
        return null
      },
    },
  }
  return plugin
}

/** A copy for workers, which are bundled within the build: they neither begin nor end it, nor write its output. */
function moduleHooks({ name, enforce, resolveId, load, transform }: HdPlugin): HdPlugin {
  return { name, enforce, resolveId, load, transform }
}
