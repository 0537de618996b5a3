import MagicString, { type SourceMap } from 'magic-string'
import { findUnprocessed, unprocessedMessage } from '../../../unprocessed/find.ts'
import { displayPath, lineAt } from '../place.ts'
import type { Project } from '../project.ts'
import { imgAttributes, isServed, replaceAttribute, specifiersOf, toExpression } from './replacement.ts'

/** The markup of a component, in a language that writes expressions as `{…}`. */
export interface Template {
  /** HTML elements. What a component does with its attributes is not known. */
  elements: readonly { tag: string; attributes: readonly FoundAttribute[] }[]
  /** Everything but elements: scripts, styles, comments, and text. */
  rest: readonly Range[]
  /** The position for imports, and the text that they need around them. */
  imports: { at: number; before: string; after: string }
}

export interface FoundAttribute extends Range {
  name: string
  /** `undefined` for an expression. */
  value: string | undefined
}

export interface Range {
  start: number
  end: number
}

/** The part of a hook's `this` that is used here. */
export interface TemplateContext {
  resolve(source: string, importer: string): Promise<unknown>
}

export interface TransformedTemplate {
  /** `null` when nothing changed. */
  result: { code: string; map: SourceMap } | null
  /** One for each `?hd` that stays. */
  warnings: string[]
  /** Places of those that became imports: `src/App.svelte:12`. */
  processed: string[]
}

/**
 * Turns the images that a template names with `?hd` into imports.
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
  const processed: string[] = []
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
      if (!(await canImport(context, specifiersOf(replacement), id))) continue
      const expressions: (readonly [string, string])[] =
        replacement.kind === 'img'
          ? imgAttributes(nameOf(replacement.imported.specifier), values)
          : [[name, toExpression(replacement.parts, nameOf)]]
      edits.update(start, end, expressions.map(([key, expression]) => `${key}={${expression}}`).join(' '))
      done.push({ start, end })
      processed.push(where)
    }
  }
  const warnings = findUnprocessedIn(code, done, file)
  if (names.size === 0) return { result: null, warnings, processed }
  const statements = [...names].map(([specifier, name]) => `import ${name} from ${JSON.stringify(specifier)};`)
  edits.appendLeft(imports.at, imports.before + statements.join('') + imports.after)
  return { result: { code: edits.toString(), map: edits.generateMap({ source: id, hires: 'boundary' }) }, warnings, processed }
}

/** A relative path is always imported, so that a missing file is an error. Any other address may be answered by a server. */
async function canImport(context: TemplateContext, specifiers: readonly string[], id: string): Promise<boolean> {
  for (const specifier of specifiers) {
    if (!/^\.\.?\//.test(specifier) && !(await context.resolve(specifier.split('?', 1)[0]!, id))) return false
  }
  return true
}

/** Imports and `new URL()` in expressions are processed by other hooks. */
const CALL_RE = /\bimport\s*\([^)]*\)|\bnew\s+URL\s*\([^)]*\)/g

/** @param done ranges that are not searched */
function findUnprocessedIn(code: string, done: readonly Range[], file: string): string[] {
  let markup = code
  for (const { start, end } of done) markup = markup.slice(0, start) + blank(markup.slice(start, end)) + markup.slice(end)
  markup = markup.replace(CALL_RE, blank)
  return findUnprocessed(markup, file).map((reference) =>
    unprocessedMessage(reference, `${file}:${lineAt(code, markup.indexOf(reference))}`),
  )
}

/** Blanks of the same length and with the same lines. */
export function blank(text: string): string {
  return text.replace(/\S/g, ' ')
}
