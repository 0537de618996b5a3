import type { HdPlugin } from '../hd-plugin.ts'
import type { Runs } from '../runs.ts'
import { CLIENT_ID, CLIENT_ID_RE, loadClient, VITE_CLIENT_RE, withClient } from './client.ts'
import { devtools } from './devtools.ts'

const BUNDLED_DEV =
  "'experimental.bundledDev' of Vite is not supported yet: images may stay previews until the page is loaded again"

/** The dev server: handles requests for images, and updates previews in pages. */
export function serverPlugin(runs: Runs): HdPlugin {
  return {
    name: 'unplugin-hd:server',
    enforce: 'pre',
    apply: 'serve',
    devtools,
    configureServer(server) {
      const { project, dev } = runs.serve(server, this)
      if ('bundledDev' in server.config.experimental && server.config.experimental.bundledDev) project.warn(BUNDLED_DEV)
      return () => dev?.addLastMiddleware()
    },
    // While Vite starts: later, loading sharp would delay the modules of a page.
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
      filter: { id: VITE_CLIENT_RE },
      handler: (code) => ({ code: withClient(code), map: null }),
    },
  }
}
