import { unprocessedWarnings } from '../../unprocessed/warnings.ts'
import { outputOfBundle } from '../rollup/unprocessed.ts'
import type { HdPlugin } from './hd-plugin.ts'
import type { Runs } from './runs.ts'

/** Begins a run, reports what a build left unprocessed, and ends the run. */
export function lifecyclePlugin(runs: Runs): HdPlugin {
  return {
    name: 'unplugin-hd:lifecycle',
    enforce: 'pre',
    // Reports wrong options before anything is built.
    configResolved(config) {
      runs.at(config, this)
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const { project, dev } = runs.of(this)
        // With `experimental.bundledDev` the addresses in the bundle keep their query.
        if (dev) return
        const { config, session } = project
        const ids = this.getModuleIds()
        const messages = await unprocessedWarnings({
          ...outputOfBundle(bundle, ids),
          root: config.root,
          leftOut: session.leftOut,
          processed: runs.processedPlaces,
          isKnown: (reference) => runs.manifestEntries.has(reference),
        })
        for (const message of messages) project.warn(message)
      },
    },
    async buildEnd(error) {
      const { project, dev } = runs.of(this)
      dev?.close()
      // A dev server calls this when it closes, so images are no longer needed.
      await project.session.end(error !== undefined || dev !== undefined)
      await project.assets.sweep()
    },
  }
}
