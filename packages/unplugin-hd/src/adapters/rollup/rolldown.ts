import type { Plugin as RolldownPlugin } from 'rolldown'
import type { HdOptions } from '../../options.ts'
import { rollupHooks } from './rollup.ts'

/**
 * The hooks for Rolldown: Rollup's, and one of its own. In formats without `import.meta` Rolldown writes `{}.url` where
 * Rollup asks the document where the script came from.
 */
export function rolldownHooks(options: HdOptions): Partial<RolldownPlugin> {
  return {
    // The two types differ only in parts that are not used here.
    ...(rollupHooks(options) as unknown as Partial<RolldownPlugin>),
    resolveFileUrl({ relativePath, format }) {
      if (format !== 'iife' && format !== 'umd') return null
      return `new URL(${JSON.stringify(relativePath)}, document.currentScript && document.currentScript.src || document.baseURI).href`
    },
  }
}
