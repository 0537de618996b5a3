import { decodeHTMLAttribute } from 'entities'
import type { ResolvedConfig } from 'vite'
import { displayPath } from '../place.ts'
import { imgAttributes, replaceAttribute, toExpression } from './replacement.ts'

/** Vue's node types. */
const ELEMENT = 1
const SIMPLE_EXPRESSION = 4
const ATTRIBUTE = 6
const DIRECTIVE = 7

/** Vue's constant type for an expression that may be computed once for all renderings. */
const CAN_CACHE = 2

/** The parts of Vue's template compiler that are used here. */
interface Location {
  start: { line: number }
  source: string
}
interface Expression {
  type: typeof SIMPLE_EXPRESSION
  content: string
  isStatic: boolean
  constType: number
  loc: Location
}
interface Prop {
  type: number
  name: string
  arg?: Expression
  exp?: Expression
  modifiers?: unknown[]
  loc: Location
}
interface ElementNode {
  type: number
  tag: string
  /** 0 for an HTML element. */
  tagType: number
  props: Prop[]
}
interface TransformContext {
  filename: string
  imports: { exp: Expression; path: string }[]
}
type NodeTransform = (node: ElementNode, context: TransformContext) => void

/** The `api` of `@vitejs/plugin-vue`. */
interface VueApi {
  options?: { template?: { compilerOptions?: { nodeTransforms?: NodeTransform[] } } }
}

/** The added transforms, so that no Vue plugin gets two, even if several copies of our plugin exist. */
const added = new WeakSet<NodeTransform>()

/**
 * Adds a transform to Vue's template compiler, if the project has one. Vue itself imports only URLs, and only in builds; in dev it
 * writes the address of the source.
 * @param onProcessed called with the place of every attribute that is replaced: `src/App.vue:12`
 */
export function extendVue(
  { plugins, root }: Pick<ResolvedConfig, 'plugins' | 'root'>,
  onProcessed: (where: string) => void,
): void {
  const api: VueApi | undefined = plugins.find(({ name }) => name === 'vite:vue')?.api
  if (!api?.options) return
  const { template } = api.options
  const others = template?.compilerOptions?.nodeTransforms ?? []
  if (others.some((each) => added.has(each))) return
  const ours = createTransform(root, onProcessed)
  added.add(ours)
  const nodeTransforms = [...others, ours]
  api.options = { ...api.options, template: { ...template, compilerOptions: { ...template?.compilerOptions, nodeTransforms } } }
}

/** It runs after Vue's own transforms for assets, so an attribute may be a binding already. */
function createTransform(root: string, onProcessed: (where: string) => void): NodeTransform {
  return (node, context) => {
    if (node.type !== ELEMENT || node.tagType !== 0) return
    const written = node.props.map(writtenAttribute)
    const attributes = Object.fromEntries(node.props.map((prop, index) => written[index] ?? [nameOfProp(prop), '']))
    node.props = node.props.flatMap((prop, index) => {
      if (!written[index]) return [prop]
      const [name, value] = written[index]
      const where = `${displayPath(root, context.filename)}:${prop.loc.start.line}`
      const replacement = replaceAttribute({ element: node.tag, name, value, attributes, where })
      if (!replacement) return [prop]
      onProcessed(where)
      const nameOf = (specifier: string): string => importIn(context, specifier, prop.loc)
      if (replacement.kind === 'value') return [bind(name, toExpression(replacement.parts, nameOf), prop.loc)]
      const bound = imgAttributes(nameOf(replacement.imported.specifier), attributes)
      return bound.map(([key, expression]) => bind(key, expression, prop.loc))
    })
  }
}

/** An attribute as it is written in the file, even if it is a binding by now. */
function writtenAttribute({ type, loc }: Prop): [name: string, value: string] | undefined {
  if (type !== ATTRIBUTE && type !== DIRECTIVE) return undefined
  const [, name, , value] = /^([^\s=:@#.][^\s=]*)\s*=\s*(["']?)([^]*)\2$/.exec(loc.source) ?? []
  return name === undefined || name.startsWith('v-') ? undefined : [name, decodeHTMLAttribute(value!)]
}

function nameOfProp({ name, arg }: Prop): string {
  return arg?.content ?? name
}

function importIn({ imports }: TransformContext, specifier: string, loc: Location): string {
  // webpack needs '~' before the name of a package.
  const path = specifier.replace(/^~(?!\/)/, '')
  const known = imports.find((each) => each.path === path)
  if (known) return known.exp.content
  const exp = expressionOf(`_imports_${imports.length}`, loc)
  imports.push({ exp, path })
  return exp.content
}

function bind(name: string, expression: string, loc: Location): Prop {
  const arg = { ...expressionOf(name, loc), isStatic: true }
  return { type: DIRECTIVE, name: 'bind', arg, exp: expressionOf(expression, loc), modifiers: [], loc }
}

function expressionOf(content: string, loc: Location): Expression {
  return { type: SIMPLE_EXPRESSION, content, isStatic: false, constType: CAN_CACHE, loc }
}
