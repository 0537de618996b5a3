import { createRequire } from 'node:module'
import path from 'node:path'
import { blank, type FoundAttribute, type Template } from './transform.ts'

/** The parts of Svelte's syntax tree that are used here. */
interface Node {
  type: string
  start: number
  end: number
  name?: string
  attributes?: Node[]
  /** Of an attribute; `true` for one without a value. */
  value?: true | Node | Node[]
  expression?: Node
  /** Of a text. */
  data?: string
}
interface Root {
  fragment: Node
  instance: { content: Node } | null
}

type Parse = (code: string, options: { modern: true; filename: string }) => Root

/** The parser of the project's Svelte. @throws Error if it is missing */
export function loadSvelteParser(root: string): Parse {
  const compiler: { parse?: unknown } = createRequire(path.join(root, 'package.json'))('svelte/compiler')
  if (!isParse(compiler.parse)) throw new Error("'svelte/compiler' exports no 'parse'")
  return compiler.parse
}

function isParse(value: unknown): value is Parse {
  return typeof value === 'function'
}

/** Scripts and styles. Their language may be one that a preprocessor has yet to translate. */
const BLOCK_RE = /(<(script|style)\b(?:"[^"]*"|'[^']*'|[^"'>])*>)([^]*?)(?=<\/\2\s*>)/g

/** @throws Error of the parser */
export function readSvelte(parse: Parse, code: string, filename: string): Template {
  const rest = [...code.matchAll(BLOCK_RE)].map(({ 1: tag, 3: content, index }) => {
    const start = index + tag!.length
    return { start, end: start + content!.length }
  })
  const { fragment, instance } = parse(
    code.replace(BLOCK_RE, (_, tag: string, __, content: string) => tag + blank(content)),
    { modern: true, filename },
  )
  const elements: Template['elements'][number][] = []
  const visit = (node: unknown, isShown: boolean): void => {
    if (Array.isArray(node)) for (const each of node) visit(each, isShown)
    if (!isNode(node)) return
    if (node.type === 'Text' && isShown) rest.push(node)
    if (node.type === 'RegularElement') elements.push({ tag: node.name!, attributes: node.attributes!.flatMap(attributeOf) })
    for (const [key, child] of Object.entries(node)) {
      if (key !== 'attributes' && typeof child === 'object') visit(child, isShown)
    }
  }
  visit(fragment, true)
  const imports = instance
    ? { at: instance.content.start, before: '', after: '' }
    : { at: 0, before: '<script>', after: '</script>\n' }
  return { elements, rest, imports }
}

function attributeOf({ type, name, value, start, end }: Node): FoundAttribute[] {
  return type === 'Attribute' && value !== true ? [{ name: name!, value: textOf(value), start, end }] : []
}

/** The value of an attribute: text, or a string literal in braces. */
function textOf(value: Node | Node[] | undefined): string | undefined {
  const [part, ...more] = Array.isArray(value) ? value : [value]
  if (!part || more.length > 0) return undefined
  if (part.type === 'Text') return part.data
  const literal: { type: string; value?: unknown } | undefined = part.expression
  return literal?.type === 'Literal' && typeof literal.value === 'string' ? literal.value : undefined
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'type' in node
}
