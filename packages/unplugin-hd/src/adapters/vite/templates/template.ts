import MagicString, { type SourceMap } from 'magic-string'
import { findUnprocessed, unprocessedMessage } from '../../../unprocessed/find.ts'
import { displayPath, lineAt } from '../place.ts'
import type { Project } from '../project.ts'
import { imgAttributes, isServed, replaceAttribute, specifiersOf, toExpression } from './template-attributes.ts'

/** The markup of a component, in a language in which `{}` holds an expression. */
export interface Template {
  /** Of HTML: what a component does with its attributes is its own affair. */
  elements: readonly { tag: string; attributes: readonly FoundAttribute[] }[]
  /** What is no markup: scripts, styles, comments, and the texts that are shown. */
  rest: readonly Range[]
  /** Where imports can stand, and what is needed around them. */
  imports: { at: number; before: string; after: string }
}

export interface FoundAttribute extends Range {
  name: string
  /** Its text; nothing when it is an expression. */
  value: string | undefined
}

export interface Range {
  start: number
  end: number
}

/** The part of a bundler's plugin context that is used here. */
export interface TemplateContext {
  resolve(source: string, importer: string): Promise<unknown>
}

export interface TransformedTemplate {
  /** `null` when nothing is changed. */
  result: { code: string; map: SourceMap } | null
  /** A warning for each `?hd` that stays as it is. */
  left: string[]
}

/**
 * Turns what a template names with `?hd` into imports.
 * @throws Error with `HD_QUERY`, the file and the line
 */
export async function transformTemplate(
  { config }: Pick<Project, 'config'>,
  context: TemplateContext,
  { elements, rest, imports }: Template,
  code: string,
  id: string,
): Promise<TransformedTemplate> {
  const file = displayPath(config.root, id)
  const edits = new MagicString(code)
  const done: Range[] = [...rest]
  const names = new Map<string, string>()
  const nameOf = (specifier: string): string => {
    if (!names.has(specifier)) names.set(specifier, `__hd${names.size}`)
    return names.get(specifier)!
  }
  for (const { tag, attributes } of elements) {
    const values = Object.fromEntries(attributes.map(({ name, value = '' }) => [name, value]))
    for (const { name, value, start, end } of attributes) {
      if (value === undefined) continue
      const where = `${file}:${lineAt(code, start)}`
      const replacement = replaceAttribute({ element: tag, name, value, attributes: values, where })
      if (!replacement) continue
      if (isServed(replacement, config)) {
        done.push({ start, end })
        continue
      }
      if (!(await areThere(context, specifiersOf(replacement), id))) continue
      const expressions: (readonly [string, string])[] =
        replacement.kind === 'img'
          ? imgAttributes(nameOf(replacement.imported.specifier), values)
          : [[name, toExpression(replacement.parts, nameOf)]]
      edits.update(start, end, expressions.map(([key, expression]) => `${key}={${expression}}`).join(' '))
      done.push({ start, end })
    }
  }
  const left = leftIn(code, done, file)
  if (names.size === 0) return { result: null, left }
  const statements = [...names].map(([specifier, name]) => `import ${name} from ${JSON.stringify(specifier)};`)
  edits.appendLeft(imports.at, imports.before + statements.join('') + imports.after)
  return { result: { code: edits.toString(), map: edits.generateMap({ source: id, hires: 'boundary' }) }, left }
}

/** A file beside the component that is missing is an error. Any other address may be one of the server's. */
async function areThere(context: TemplateContext, specifiers: readonly string[], id: string): Promise<boolean> {
  for (const specifier of specifiers) {
    if (!/^\.\.?\//.test(specifier) && !(await context.resolve(specifier.split('?', 1)[0]!, id))) return false
  }
  return true
}

/** Imports and `new URL()` in expressions are for other hooks. */
const CALL_RE = /\bimport\s*\([^)]*\)|\bnew\s+URL\s*\([^)]*\)/g

/** @param done what is not to be searched */
function leftIn(code: string, done: readonly Range[], file: string): string[] {
  let markup = code
  for (const { start, end } of done) markup = markup.slice(0, start) + blank(markup.slice(start, end)) + markup.slice(end)
  markup = markup.replace(CALL_RE, blank)
  return findUnprocessed(markup, file).map((reference) =>
    unprocessedMessage(reference, `${file}:${lineAt(code, markup.indexOf(reference))}`),
  )
}

/** As long as the text, with the same lines. */
export function blank(text: string): string {
  return text.replace(/\S/g, ' ')
}
