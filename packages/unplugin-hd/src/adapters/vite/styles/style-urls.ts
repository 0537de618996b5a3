import { createHash } from 'node:crypto'
import type { Rollup } from 'vite'
import { hookLeftOut } from '../../bundler-version.ts'

/** Ids of stylesheets of our own. */
export const OWN_STYLE_RE: RegExp = /^\0unplugin-hd\/[0-9a-f]{64}\.css$/

const URL_RE = /url\((?:"[^"]*"|'[^']*'|[^"')]*)\)/g

/**
 * Writes URLs into CSS as Vite does, whatever its placeholders look like: it is given a stylesheet with a rule for each file
 * to compile, and this reads what it makes of that.
 */
export interface StyleUrls {
  /** A `url()` for each file, as it is to stand in the code of a stylesheet. @param files absolute paths, with a query or without @throws Error `HD_BUNDLER` */
  urlsFor(context: Pick<Rollup.PluginContext, 'load'>, files: readonly string[]): Promise<readonly string[]>
  /** The code of a stylesheet of our own, for the `load` hook. */
  load(id: string): string | undefined
  /** Takes what Vite made of it, from the `transform` hook. */
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
        throw loaded.has(id) ? error : hookLeftOut("'load' of 'unplugin-hd:styles'")
      })
      const compiled = results.get(id)?.match(URL_RE)
      if (!compiled) throw hookLeftOut("'transform' of 'unplugin-hd:styles'")
      return compiled
    },
    load(id) {
      loaded.add(id)
      return sources.get(id)
    },
    compiled: (id, code) => void results.set(id, code),
  }
}
