import path from 'node:path'
import { astroParser, readAstro } from './astro.ts'
import { leftInJsx } from './jsx.ts'
import type { HdPlugin } from './plugin.ts'
import type { Project } from './project.ts'
import { readSvelte, svelteParser } from './svelte.ts'
import { transformTemplate, type Template } from './template.ts'
import { extendVue } from './vue.ts'

/**
 * `?hd` in the templates of components: Vue's compiler is extended, the files of Svelte and Astro are rewritten before their
 * compilers see them, because both leave addresses as they are. JSX is only searched.
 */
export function templatesPlugin(project: () => Project): HdPlugin {
  const read = createReader(project)
  const told = new Set<string>()
  /** In a build the output tells, of all that is left in it. */
  const tell = (messages: readonly string[]): void => {
    const { config, warn } = project()
    if (config.command === 'build') return
    for (const message of messages.filter((each) => !told.has(each))) {
      told.add(message)
      warn(message)
    }
  }
  return {
    name: 'unplugin-hd:templates',
    enforce: 'pre',
    configResolved: extendVue,
    transform: {
      // The compilers are before others as well.
      order: 'pre',
      filter: { id: /\.(?:svelte|astro|[jt]sx)$/, code: /[?&]hd/ },
      async handler(code, id) {
        if (/[jt]sx$/.test(id)) {
          tell(leftInJsx(project().config.root, code, id))
          return null
        }
        const template = await read(code, id)
        if (!template) return null
        const { result, left } = await transformTemplate(project(), this, template, code, id)
        tell(left)
        return result
      },
    },
  }
}

type Reader = (code: string, id: string) => Template | Promise<Template>

/** Gives nothing for what cannot be parsed: the compiler tells of it best. */
function createReader(project: () => Project): (code: string, id: string) => Promise<Template | undefined> {
  const readers = new Map<string, Promise<Reader | undefined>>()

  const load = async (extension: string): Promise<Reader> => {
    const { root } = project().config
    if (extension === '.svelte') {
      const parse = svelteParser(root)
      return (code, id) => readSvelte(parse, code, id)
    }
    const parse = await astroParser(root)
    return (code) => readAstro(parse, code)
  }

  const giveUp = (error: Error): undefined => {
    const [reason] = error.message.split('\n', 1)
    project().warn(`'?hd' in templates stays as it is, because their parser cannot be loaded: ${reason}`)
  }

  return async (code, id) => {
    const extension = path.extname(id)
    if (!readers.has(extension)) readers.set(extension, load(extension).catch(giveUp))
    const read = await readers.get(extension)
    try {
      return await read?.(code, id)
    } catch {
      return undefined
    }
  }
}
