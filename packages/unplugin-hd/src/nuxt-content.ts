import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'
import { findReferences } from './references/find.ts'
import { displayPath } from './session/origin.ts'
import { blankCode } from './unprocessed/markdown.ts'

/** Its name among the modules of Nuxt. */
export const NUXT_CONTENT = '@nuxt/content'

/**
 * Warns of `?hd` in the Markdown files of a project with Nuxt Content, which keeps them in a database and renders them at run time, so that
 * they pass no bundler.
 * @param root absolute path of the project
 */
export function nuxtContentImages(root: string): Plugin {
  // Client and server have a compiler each.
  let isSearched = false
  return {
    name: 'unplugin-hd:nuxt-content',
    async buildStart() {
      if (isSearched) return
      isSearched = true
      const { logger } = this.environment.config
      const { sourceFiles } = await import('./references/scan.ts')
      for (const file of (await sourceFiles(root)).filter((name) => name.endsWith('.md'))) {
        const text = blankCode(await readFile(file, 'utf8').catch(() => ''))
        for (const { reference, lines } of findReferences(text, file)) {
          const where = lines.map((line) => `${displayPath(root, file)}:${line}`).join(' or ')
          logger.warn(
            `unplugin-hd: '${reference}' in ${where} was not processed by unplugin-hd, so the image is shipped at 1x, if at all: ` +
              'Nuxt Content reads Markdown at run time. Import the image in a component, and use that in Markdown',
          )
        }
      }
    },
  }
}
