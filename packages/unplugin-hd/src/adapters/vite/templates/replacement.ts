import { HD_QUERY_RE } from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'
import { IMAGE_SOURCES, kindOf } from '../markup/attributes.ts'
import { allowedShapes, isExternal, refuseDescriptor, refuseSecondSrcset } from '../markup/rules.ts'
import { missingSize } from '../markup/size.ts'
import { parseSrcset } from '../markup/srcset.ts'
import { publicFile } from '../paths.ts'
import { requestAt, type Place } from '../place.ts'

/** An attribute in the template of a component whose value is text. */
export interface TemplateAttribute {
  element: string
  name: string
  value: string
  /** All attributes of the element. The value of an expression is ''. */
  attributes: Readonly<Record<string, string>>
  /** `src/App.svelte:12` */
  where: string
}

/** What an attribute with `?hd` becomes. */
export type Replacement =
  /** One attribute: a concatenation of texts and imported values. */
  | { kind: 'value'; parts: readonly (string | Imported)[] }
  /** The attributes of `as=img`. */
  | { kind: 'img'; imported: Imported }

/** An import whose default export is used in a value. */
export interface Imported {
  specifier: string
}

/**
 * The replacement for an attribute that names an image with `?hd`, which frameworks would leave in their output where no bundler
 * sees it. `undefined` for every other attribute.
 * @throws Error with `HD_QUERY`, the file and the line when its query is wrong or its shape makes no sense there
 */
export function replaceAttribute(attribute: TemplateAttribute): Replacement | undefined {
  const { element, name, value, attributes } = attribute
  const source = IMAGE_SOURCES[element]
  switch (source && kindOf(source, name, value, attributes)) {
    case 'url':
      return isExternal(value) ? undefined : replaceUrl(attribute)
    case 'srcset':
      return replaceSrcset(attribute)
    case undefined:
      return undefined
  }
}

/** No element can be put around an element of a template, so `as=picture` is not allowed. */
function placeOf({ where, element, name }: TemplateAttribute, kind: 'url' | 'srcset'): Place {
  const shapes = allowedShapes(element, name, kind).filter((shape) => shape !== 'picture')
  return { where, what: `<${element} ${name}> of a template`, shapes }
}

function replaceUrl(attribute: TemplateAttribute): Replacement {
  const { value, attributes, where } = attribute
  const { as } = requestAt(placeOf(attribute, 'url'), value)
  const imported = { specifier: value }
  if (as === 'url') return { kind: 'value', parts: [imported] }
  refuseSecondSrcset(where, value, 'img', attributes)
  return { kind: 'img', imported }
}

function replaceSrcset(attribute: TemplateAttribute): Replacement | undefined {
  const candidates = parseSrcset(attribute.value)
  if (!candidates.some(({ url }) => isOurs(url))) return undefined
  const place = placeOf(attribute, 'srcset')
  const parts = candidates.flatMap((candidate, index): (string | Imported)[] => {
    const { url, descriptor } = candidate
    const before = index > 0 ? ', ' : ''
    const after = descriptor && ` ${descriptor}`
    if (!isOurs(url)) {
      // The framework would not resolve it any more, now that the value is an expression.
      return /^\.\.?\//.test(url) ? [before, { specifier: `${url}?url` }, after] : [before + url + after]
    }
    if (requestAt(place, url).as === 'srcset') refuseDescriptor(attribute.where, candidate)
    return [before, { specifier: url }, after]
  })
  return { kind: 'value', parts: parts.filter((part) => part !== '') }
}

function isOurs(url: string): boolean {
  return HD_QUERY_RE.test(url) && !isExternal(url)
}

/** The imports of a replacement. */
export function specifiersOf(replacement: Replacement): string[] {
  if (replacement.kind === 'img') return [replacement.imported.specifier]
  return replacement.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.specifier]))
}

/**
 * True when an attribute can stay, because the dev server answers its addresses: those of the public folder. Vite warns of imports
 * from there.
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

/** A value as a JavaScript expression. @param nameOf gives the name of an imported value */
export function toExpression(parts: readonly (string | Imported)[], nameOf: (specifier: string) => string): string {
  return parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : nameOf(part.specifier))).join(' + ')
}

/**
 * The attributes of `as=img`, with JavaScript expressions.
 * @param name of the imported value
 * @param present attributes of the element
 */
export function imgAttributes(name: string, present: Readonly<Record<string, string>>): [name: string, expression: string][] {
  const size = missingSize(present).map(({ name: missing, relativeTo: other }): [string, string] => {
    const own = `${name}.${missing}`
    return [missing, other ? `Math.round(${other.value} * ${own} / ${name}.${other.name})` : own]
  })
  return [['src', `${name}.src`], ['srcset', `${name}.srcset`], ...size]
}
