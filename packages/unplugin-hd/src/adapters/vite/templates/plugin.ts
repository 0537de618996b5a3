import path from 'node:path'
import { errorMessage } from '@unplugin-hd/core'
import type { HdPlugin } from '../hd-plugin.ts'
import { hasImageMaker } from '../image-makers.ts'
import { HD_CODE_RE } from '../module-ids.ts'
import type { Project } from '../project.ts'
import type { Runs } from '../runs.ts'
import { findImagesAt1x } from './astro-images.ts'
import { loadAstroReader } from './astro.ts'
import { findUnprocessedInJsx } from './jsx.ts'
import { findImagesOfAstro } from './mdx.ts'
import { loadSvelteParser, readSvelte } from './svelte.ts'
import { transformTemplate, type Template } from './transform.ts'
import { extendVue } from './vue.ts'

/**
 * `?hd` in the templates of components. Vue's compiler gets a transform. Svelte and Astro files are rewritten before their
 * compilers see them, as these leave addresses unchanged. In JSX and MDX an address is only a string, so it causes a warning.
 */
export function templatesPlugin(runs: Runs): HdPlugin {
  const read = createReader()
  const warned = new Set<string>()
  const onProcessed = (where: string): void => void runs.processedPlaces.add(where)
  const warnOnce = ({ warn }: Project, messages: readonly string[]): void => {
    for (const message of messages.filter((each) => !warned.has(each))) {
      warned.add(message)
      warn(message)
    }
  }
  /** In dev only: a build warns of everything that is left in its output. */
  const warnInDev = (project: Project, messages: readonly string[]): void => {
    if (project.config.command !== 'build') warnOnce(project, messages)
  }
  return {
    name: 'unplugin-hd:templates',
    enforce: 'pre',
    configResolved: (config) => extendVue(config, onProcessed),
    // Again, for a compiler that dropped `configResolved`.
    buildStart() {
      extendVue(this.environment.getTopLevelConfig(), onProcessed)
    },
    transform: {
      // The compilers of Svelte and Astro have `enforce: 'pre'` too.
      order: 'pre',
      filter: { id: /\.(?:svelte|astro|[jt]sx|mdx)$/, code: HD_CODE_RE },
      async handler(code, id) {
        const { project } = runs.of(this)
        const { config } = project
        if (/\.(?:astro|mdx)$/.test(id)) warnOnce(project, findImagesAt1x(config.root, code, id))
        if (/(?:[jt]sx|mdx)$/.test(id)) {
          warnInDev(project, findUnprocessedInJsx(config.root, code, id))
          if (id.endsWith('.mdx') && hasImageMaker(config, 'astro')) {
            for (const { where, warning } of findImagesOfAstro(config.root, code, id)) {
              onProcessed(where)
              warnOnce(project, [warning])
            }
          }
          return null
        }
        const template = await read(project, code, id)
        if (!template) return null
        const { result, warnings, processed } = await transformTemplate(project, this, template, code, id)
        warnInDev(project, warnings)
        processed.forEach(onProcessed)
        return result
      },
    },
  }
}

type Reader = (code: string, id: string) => Template | Promise<Template>

/** Gives `undefined` for code that cannot be parsed: its compiler reports that best. */
function createReader(): (project: Project, code: string, id: string) => Promise<Template | undefined> {
  const readers = new Map<string, Promise<Reader | undefined>>()
  return async ({ config, warn }, code, id) => {
    const extension = path.extname(id)
    if (!readers.has(extension)) readers.set(extension, loadReader(extension, config.root, warn))
    const read = await readers.get(extension)
    try {
      return await read?.(code, id)
    } catch {
      return undefined
    }
  }
}

/** Warns and gives `undefined` when the parser cannot be loaded. */
async function loadReader(extension: string, root: string, warn: Project['warn']): Promise<Reader | undefined> {
  try {
    if (extension === '.svelte') {
      const parse = loadSvelteParser(root)
      return (code, id) => readSvelte(parse, code, id)
    }
    return await loadAstroReader(root)
  } catch (error) {
    const [reason] = errorMessage(error).split('\n', 1)
    warn(`'?hd' in templates is not processed, because their parser cannot be loaded: ${reason}`)
    return undefined
  }
}
