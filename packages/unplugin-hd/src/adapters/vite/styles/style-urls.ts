import { createHash } from 'node:crypto'
import type { Rollup } from 'vite'
import { hookLeftOut } from '../../bundler-version.ts'

/** The plugin that sees compiled stylesheets, for messages. */
export const COMPILED_PLUGIN = 'unplugin-hd:compiled-styles'

/** Ids of stylesheets of our own. */
export const OWN_STYLE_RE: RegExp = /^\0unplugin-hd\/[0-9a-f]{64}\.css$/

const URL_RE = /url\((?:"[^"]*"|'[^']*'|[^"')]*)\)/g

/**
 * Finds out how Vite writes the URLs of files into compiled CSS, whatever its placeholders look like: Vite compiles a stylesheet
 * generated here, with one rule for each file, and this reads the result.
 */
export interface StyleUrls {
  /**
   * The `url()` of each file, as Vite would write it.
   * @param files absolute paths with `/`, with or without a query
   * @throws Error with `HD_BUNDLER` if one of our hooks was not called
   */
  urlsFor(context: Pick<Rollup.PluginContext, 'load'>, files: readonly string[]): Promise<readonly string[]>
  /** For the `load` hook: the code of the generated stylesheet. */
  load(id: string): string | undefined
  /** For the `transform` hook: what Vite made of it. */
  compiled(id: string, code: string): void
}

export function createStyleUrls(): StyleUrls {
  const sources = new Map<string, string>()
  const results = new Map<string, string>()
  const loaded = new Set<string>()
  return {
    async urlsFor(context, files) {
      const key = createHash('sha256').update(files.join('\n')).digest('hex')
      const id = `\0unplugin-hd/${key}.css`
      sources.set(id, files.map((file, index) => `.u${index}{background:url(${JSON.stringify(encodeURI(file))})}`).join(''))
      await context.load({ id }).catch((error: unknown) => {
        throw loaded.has(id) ? error : hookLeftOut(`'load' of '${COMPILED_PLUGIN}'`)
      })
      const compiled = results.get(id)?.match(URL_RE)
      if (!compiled) throw hookLeftOut(`'transform' of '${COMPILED_PLUGIN}'`)
      return compiled
    },
    load(id) {
      loaded.add(id)
      return sources.get(id)
    },
    compiled: (id, code) => void results.set(id, code),
  }
}
