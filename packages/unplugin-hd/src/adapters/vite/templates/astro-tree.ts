import { decodeHTMLAttribute } from 'entities'
import type { FoundAttribute, Range, Template } from './transform.ts'

/** The parts of the syntax tree of Astro 5 and 6 that are used here. Positions count bytes. */
interface Position {
  start: { offset: number }
  end?: { offset: number }
}
interface Node {
  type: string
  name?: string
  value?: string
  position?: Position
  children?: Node[]
  attributes?: Attribute[]
}
interface Attribute {
  kind: 'quoted' | 'empty' | 'expression' | 'spread' | 'shorthand' | 'template-literal'
  name: string
  value: string
  position: Position
}

type Parse = (code: string, options: { position: true }) => Promise<{ ast: Node }>

export function isParseTree(value: unknown): value is Parse {
  return typeof value === 'function'
}

/** An attribute in a file, at its position. */
const ATTRIBUTE_RE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/y

/** Elements without markup inside. */
const BLOCKS = new Set(['script', 'style'])

/** @throws Error of the parser */
export async function readAstroTree(parse: Parse, code: string): Promise<Template> {
  const { ast } = await parse(code, { position: true })
  const bytes = Buffer.from(code)
  const charAt = (offset: number): number => bytes.toString('utf8', 0, offset).length
  const elements: Template['elements'][number][] = []
  const rest: Range[] = []
  let imports: Template['imports'] = { at: 0, before: '---\n', after: '\n---\n' }

  const visit = ({ type, name, value = '', position, children, attributes }: Node): void => {
    const start = position && charAt(position.start.offset)
    if (type === 'frontmatter' && start !== undefined) {
      // In the line after the dashes.
      imports = { at: code.indexOf('\n', start) + 1, before: '', after: '' }
      rest.push({ start, end: start + value.length })
    }
    if ((type === 'text' || type === 'comment') && start !== undefined) rest.push({ start, end: start + value.length })
    if (type === 'element') {
      elements.push({
        tag: name!,
        attributes: attributes!.map((attribute) => found(attribute, charAt(attribute.position.start.offset))),
      })
      if (BLOCKS.has(name!) && start !== undefined && position!.end) rest.push({ start, end: charAt(position!.end.offset) })
    }
    children?.forEach(visit)
  }

  const found = ({ kind, name }: Attribute, start: number): FoundAttribute => {
    ATTRIBUTE_RE.lastIndex = start
    const match = kind === 'quoted' ? ATTRIBUTE_RE.exec(code) : null
    if (match?.[1] !== name) return { name, value: undefined, start, end: start }
    return { name, value: decodeHTMLAttribute((match[2] ?? match[3] ?? match[4])!), start, end: ATTRIBUTE_RE.lastIndex }
  }

  visit(ast)
  return { elements, rest, imports }
}
