import { HD_QUERY_RE, type HdRequest } from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'
import { HD_KEY_RE, IMAGE_SOURCES } from '../markup/attributes.ts'
import { publicFile } from '../paths.ts'
import { refuseAt, requestAt } from '../place.ts'
import { parseSrcset } from '../markup/srcset.ts'

/** An attribute of an element in the template of a component, with a text and no expression. */
export interface TemplateAttribute {
  element: string
  name: string
  value: string
  /** All attributes of the element; of those that are expressions the name alone matters. */
  attributes: Readonly<Record<string, string>>
  /** `src/App.svelte:12` */
  where: string
}

/** What an attribute with `?hd` becomes. */
export type Replacement =
  /** Its value is put together of texts and of what is imported. */
  | { kind: 'value'; parts: readonly (string | Imported)[] }
  /** It becomes several attributes, of what `as=img` gives. */
  | { kind: 'img'; imported: Imported }

/** The specifier of an import whose default export stands in a value. */
export interface Imported {
  specifier: string
}

/**
 * What is to stand in place of an attribute that names an image with `?hd`: frameworks leave it as it is, or as a text that no
 * bundler sees. `undefined` when it is none of ours.
 * @throws Error with `HD_QUERY`, the file and the line when its query is wrong or its shape makes no sense there
 */
export function replaceAttribute(attribute: TemplateAttribute): Replacement | undefined {
  const { element, name, value, attributes } = attribute
  const source = IMAGE_SOURCES[element]
  if (!source || source.filter?.({ key: name, value, attributes: { ...attributes } }) === false) return undefined
  if (source.srcAttributes?.includes(name)) return isOurs(value, HD_QUERY_RE) ? replaceUrl(attribute) : undefined
  if (source.srcsetAttributes?.includes(name)) return HD_KEY_RE.test(value) ? replaceSrcset(attribute) : undefined
  return undefined
}

function replaceUrl({ element, name, value, attributes, where }: TemplateAttribute): Replacement {
  const isImage = element === 'img' && name === 'src'
  const shapes: HdRequest['as'][] = isImage ? ['url', 'img'] : ['url']
  const { as } = requestAt({ where, what: `<${element} ${name}> of a template`, shapes }, value)
  const imported = { specifier: value }
  if (as === 'url') return { kind: 'value', parts: [imported] }
  if ('srcset' in attributes) {
    refuseAt(where, value, `'as=img' writes the srcset, but there is one already`, 'Remove one of them')
  }
  return { kind: 'img', imported }
}

function replaceSrcset({ element, name, value, where }: TemplateAttribute): Replacement | undefined {
  const candidates = parseSrcset(value)
  if (!candidates.some(({ url }) => isOurs(url, HD_QUERY_RE))) return undefined
  const parts = candidates.flatMap(({ url, descriptor }, index): (string | Imported)[] => {
    const before = index > 0 ? ', ' : ''
    const after = descriptor && ` ${descriptor}`
    if (!isOurs(url, HD_QUERY_RE)) {
      // Beside an image of the bundler's, the 1x means one as well.
      return isOurs(url, /^\.\.?\//) ? [before, { specifier: `${url}?url` }, after] : [before + url + after]
    }
    const what = `<${element} ${name}> of a template`
    const { as } = requestAt({ where, what, shapes: ['url', 'srcset'] }, url)
    if (as === 'srcset' && descriptor !== '') {
      refuseAt(
        where,
        url,
        `'as=srcset' writes descriptors of its own, but '${descriptor}' follows`,
        `Leave the descriptor out, or write '?hd' alone`,
      )
    }
    return [before, { specifier: url }, after]
  })
  return { kind: 'value', parts: parts.filter((part) => part !== '') }
}

/** What a replacement imports. */
export function specifiersOf(replacement: Replacement): string[] {
  if (replacement.kind === 'img') return [replacement.imported.specifier]
  return replacement.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.specifier]))
}

/**
 * Whether an attribute can stay as it is, because the dev server answers for its addresses: those of the public folder, which
 * Vite does not like to see imported.
 */
export function isServed(
  replacement: Replacement,
  { command, publicDir }: Pick<ResolvedConfig, 'command' | 'publicDir'>,
): boolean {
  if (command === 'build' || replacement.kind === 'img') return false
  return specifiersOf(replacement).every((specifier) => {
    const [address, query] = specifier.split('?', 2)
    return publicFile(address!, publicDir) !== undefined && !/\bas=/.test(query!)
  })
}

function isOurs(url: string, pattern: RegExp): boolean {
  return pattern.test(url) && !/^\s*(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(url)
}

/** A value as a JavaScript expression. @param nameOf the name of what is imported */
export function toExpression(parts: readonly (string | Imported)[], nameOf: (specifier: string) => string): string {
  return parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : nameOf(part.specifier))).join(' + ')
}

/**
 * The attributes that `as=img` becomes, with JavaScript expressions. Width and height come where the element has none; one
 * alone is completed in proportion.
 * @param name of what is imported
 */
export function imgAttributes(
  name: string,
  { width, height }: Readonly<Record<string, string>>,
): [name: string, expression: string][] {
  const size: [string, string][] = []
  if (width === undefined && height === undefined) size.push(['width', `${name}.width`], ['height', `${name}.height`])
  else if (height === undefined && isNumber(width)) size.push(['height', `Math.round(${width} * ${name}.height / ${name}.width)`])
  else if (width === undefined && isNumber(height)) size.push(['width', `Math.round(${height} * ${name}.width / ${name}.height)`])
  return [['src', `${name}.src`], ['srcset', `${name}.srcset`], ...size]
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text)
}
