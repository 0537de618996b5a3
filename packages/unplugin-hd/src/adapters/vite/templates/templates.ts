import path from 'node:path'
import { astroParser, readAstro } from './astro.ts'
import { leftInJsx } from './jsx.ts'
import type { HdPlugin } from '../plugin.ts'
import type { Project } from '../project.ts'
import type { Runs } from '../runs.ts'
import { readSvelte, svelteParser } from './svelte.ts'
import { transformTemplate, type Template } from './template.ts'
import { extendVue } from './vue.ts'

/**
 * `?hd` in the templates of components: Vue's compiler is extended, the files of Svelte and Astro are rewritten before their
 * compilers see them, because both leave addresses as they are. JSX is only searched.
 * @param onProcessed told the places in Vue's templates whose references are processed: `src/App.vue:12`
 */
export function templatesPlugin(runs: Runs, onProcessed: (where: string) => void): HdPlugin {
  const read = createReader()
  const told = new Set<string>()
  /** In a build the output tells, of all that is left in it. */
  const tell = ({ config, warn }: Project, messages: readonly string[]): void => {
    if (config.command === 'build') return
    for (const message of messages.filter((each) => !told.has(each))) {
      told.add(message)
      warn(message)
    }
  }
  return {
    name: 'unplugin-hd:templates',
    enforce: 'pre',
    configResolved: (config) => extendVue(config, onProcessed),
    // Whoever leaves out the first has the second.
    buildStart() {
      extendVue(this.environment.getTopLevelConfig(), onProcessed)
    },
    transform: {
      // The compilers are before others as well.
      order: 'pre',
      filter: { id: /\.(?:svelte|astro|[jt]sx)$/, code: /[?&]hd/ },
      async handler(code, id) {
        const { project } = runs.of(this)
        if (/[jt]sx$/.test(id)) {
          tell(project, leftInJsx(project.config.root, code, id))
          return null
        }
        const template = await read(project, code, id)
        if (!template) return null
        const { result, left } = await transformTemplate(project, this, template, code, id)
        tell(project, left)
        return result
      },
    },
  }
}

type Reader = (code: string, id: string) => Template | Promise<Template>

/** Gives nothing for what cannot be parsed: the compiler tells of it best. */
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

/** Gives nothing, and says why, where the parser cannot be loaded. */
async function loadReader(extension: string, root: string, warn: Project['warn']): Promise<Reader | undefined> {
  try {
    if (extension === '.svelte') {
      const parse = svelteParser(root)
      return (code, id) => readSvelte(parse, code, id)
    }
    const parse = await astroParser(root)
    return (code) => readAstro(parse, code)
  } catch (error) {
    const [reason] = (error as Error).message.split('\n', 1)
    warn(`'?hd' in templates stays as it is, because their parser cannot be loaded: ${reason}`)
    return undefined
  }
}
