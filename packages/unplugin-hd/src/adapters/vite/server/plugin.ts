import type { HdPlugin } from '../plugin.ts'
import { STYLE_RE } from '../styles/resolve.ts'
import type { Runs } from '../runs.ts'
import { CLIENT_ID, CLIENT_ID_RE, loadClient, VITE_CLIENT_RE, withClient } from './client.ts'

/** The hooks that only a dev server needs, and that come behind Vite's own: for the module in pages, and for stylesheets. */
export function devPlugin(runs: Runs): HdPlugin {
  return {
    name: 'unplugin-hd:dev',
    enforce: undefined,
    apply: 'serve',
    // While Vite is still starting: in the middle of a page it would hold up the modules.
    async buildStart() {
      await runs.of(this).dev?.warm()
    },
    resolveId: {
      filter: { id: CLIENT_ID_RE },
      handler: () => CLIENT_ID,
    },
    load: {
      filter: { id: CLIENT_ID_RE },
      handler: () => loadClient(),
    },
    transform: {
      filter: { id: [VITE_CLIENT_RE, STYLE_RE] },
      async handler(code, id) {
        if (VITE_CLIENT_RE.test(id)) return { code: withClient(code), map: null }
        const complete = await runs.of(this).dev?.transformCss(code, id)
        return complete === undefined ? null : { code: complete, map: null }
      },
    },
  }
}
