import type { HdOptions } from '../../options.ts'
import { assetsPlugin } from './assets/plugin.ts'
import type { HdPlugin } from './hd-plugin.ts'
import { lifecyclePlugin } from './lifecycle.ts'
import { pagesPlugin } from './pages/plugin.ts'
import { createRuns } from './runs.ts'
import { scriptsPlugin } from './scripts/plugin.ts'
import { serverPlugin } from './server/plugin.ts'
import { stylesPlugins } from './styles/plugin.ts'
import { templatesPlugin } from './templates/plugin.ts'

/** The plugins for Vite, one for each concern, in the order of their hooks. */
export function vitePlugins(options: HdOptions): readonly HdPlugin[] {
  const runs = createRuns(options)
  const assets = assetsPlugin(runs)
  const [styles, compiledStyles] = stylesPlugins(runs)
  return [
    assets,
    styles,
    pagesPlugin(runs),
    scriptsPlugin(runs, [assets, styles, compiledStyles]),
    templatesPlugin(runs),
    serverPlugin(runs),
    lifecyclePlugin(runs),
    compiledStyles,
  ]
}
