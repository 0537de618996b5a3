import { parseFragment } from 'parse5'
import { compileTemplate, parse as parseVue } from '@vue/compiler-sfc'
import { transform } from 'esbuild'
import { loadAll } from 'js-yaml'

/** What the parser of a language says of a text. */
export type Check = (code: string) => Promise<string[]> | string[]

/** The languages whose text is parsed. */
export const PARSERS: Record<string, Check> = {
  json: (code) => thrownBy(() => JSON.parse(code)),
  yaml: (code) => thrownBy(() => loadAll(code)),
  html(code) {
    const errors: string[] = []
    parseFragment(code, { sourceCodeLocationInfo: true, onParseError: ({ code: error }) => errors.push(error) })
    return errors
  },
  async css(code) {
    const { warnings } = await transform(code, { loader: 'css', logLevel: 'silent' })
    return warnings.map(({ text }) => text)
  },
  vue(code) {
    const { descriptor, errors } = parseVue(code)
    if (descriptor.template === null) return errors.map(String)
    const { content } = descriptor.template
    return [...errors, ...compileTemplate({ source: content, filename: 'Sample.vue', id: 'sample' }).errors].map(String)
  },
}

function thrownBy(work: () => unknown): string[] {
  try {
    work()
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
