import { decodeHTMLAttribute } from 'entities'
import type { FoundAttribute, Range, Template } from './transform.ts'

/** The parts of the syntax tree of Astro 7 that are used here: ESTree with JSX. */
interface Node extends Range {
  type: string
}
interface Root extends Node {
  frontmatter: (Range & { program: Range }) | null
  body: unknown
}
interface Element extends Node {
  openingElement: { name: Node & { name?: string }; attributes: Attribute[] }
}
interface Attribute extends Node {
  name?: { name?: string }
  value?: Node | null
}

export type Parse = (code: string) => { ast: Root; diagnostics: readonly { severity: string; text: string }[] }

export function isParseEstree(value: unknown): value is Parse {
  return typeof value === 'function'
}

/** Elements without markup inside. */
const BLOCKS = new Set(['script', 'style'])

/** Nodes of shown text. */
const TEXTS = new Set(['JSXText', 'AstroComment'])

/** @throws Error of the parser */
export function readAstroEstree(parse: Parse, code: string): Template {
  const { ast, diagnostics } = parse(code)
  const mistake = diagnostics.find(({ severity }) => severity === 'error')
  if (mistake) throw new Error(mistake.text)
  const toRange = rangesIn(code, ast)
  const elements: Template['elements'][number][] = []
  const rest: Range[] = []

  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isNode(node)) return
    if (TEXTS.has(node.type)) rest.push(toRange(node))
    if (isElement(node)) {
      const { name, attributes } = node.openingElement
      const tag = name.type === 'JSXIdentifier' ? name.name! : ''
      if (BLOCKS.has(tag)) rest.push(toRange(node))
      // Others are components.
      if (/^[a-z]/.test(tag)) elements.push({ tag, attributes: attributes.map(found) })
    }
    for (const child of Object.values(node)) if (typeof child === 'object') visit(child)
  }

  const found = ({ name, value, ...attribute }: Attribute): FoundAttribute => {
    const range = toRange(attribute)
    if (value?.type !== 'Literal') return { name: name?.name ?? '', value: undefined, ...range }
    const { start, end } = toRange(value)
    const [, , text] = /^(["']?)([^]*)\1$/.exec(code.slice(start, end))!
    return { name: name?.name ?? '', value: decodeHTMLAttribute(text!), ...range }
  }

  visit(ast.body)
  // A file without frontmatter has an empty one.
  const { frontmatter } = ast
  if (!frontmatter || frontmatter.end === 0) return { elements, rest, imports: { at: 0, before: '---\n', after: '\n---\n' } }
  rest.push(toRange(frontmatter))
  return { elements, rest, imports: { at: toRange(frontmatter.program).start, before: '', after: '' } }
}

/** Positions in the code. They are those of the parser, unless it counts bytes, as that of Astro 7.0 does. */
function rangesIn(code: string, { end: size }: Root): (range: Range) => Range {
  if (size === code.length) return ({ start, end }) => ({ start, end })
  const bytes = Buffer.from(code)
  const charAt = (offset: number): number => bytes.toString('utf8', 0, offset).length
  return ({ start, end }) => ({ start: charAt(start), end: charAt(end) })
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'type' in node
}

function isElement(node: Node): node is Element {
  return node.type === 'JSXElement'
}
