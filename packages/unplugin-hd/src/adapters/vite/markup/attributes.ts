import { HD_QUERY_RE } from '@unplugin-hd/core'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element

/** The key `hd` in a list of URLs. */
export const HD_KEY_RE: RegExp = /[?&]hd(?=[=&#,\s]|$)/

/** The value of an attribute: one URL, or a list of candidates. */
export type AttributeKind = 'url' | 'srcset'

/** An attribute of a page that names at least one image with `?hd`. */
export interface ImageAttribute {
  element: Element
  /** As it is written: `xlink:href`. */
  name: string
  value: string
  kind: AttributeKind
}

/** Which attributes of an element name images, in the form of Vite's option `html.additionalAssetSources`. */
export interface AssetSource {
  srcAttributes?: string[]
  srcsetAttributes?: string[]
  filter?: (data: { key: string; value: string; attributes: Record<string, string> }) => boolean
}

const META_NAME_RE = /^(?:twitter:image|msapplication-(?:tileimage|(?:square(?:70x70|150x150|310x310)|wide310x150)logo))$/i
const META_PROPERTY_RE = /^og:image(?::(?:secure_)?url)?$/i

/** The attributes in which Vite replaces the paths of assets by their URLs. */
export const IMAGE_SOURCES: Readonly<Record<string, AssetSource>> = {
  embed: { srcAttributes: ['src'] },
  image: { srcAttributes: ['href', 'xlink:href'] },
  img: { srcAttributes: ['src'], srcsetAttributes: ['srcset'] },
  input: { srcAttributes: ['src'] },
  link: { srcAttributes: ['href'], srcsetAttributes: ['imagesrcset'] },
  meta: {
    srcAttributes: ['content'],
    filter: ({ attributes: { name = '', property = '' } }) =>
      META_NAME_RE.test(name.trim()) || META_PROPERTY_RE.test(property.trim()),
  },
  object: { srcAttributes: ['data'] },
  source: { srcAttributes: ['src'], srcsetAttributes: ['srcset'] },
  use: { srcAttributes: ['href', 'xlink:href'] },
  video: { srcAttributes: ['src', 'poster'] },
}

/**
 * The attributes of a page that name an image with `?hd` and that Vite takes for assets.
 * @param additional Vite's option `html.additionalAssetSources`
 */
export function findImageAttributes(
  html: string,
  additional: Readonly<Record<string, AssetSource | undefined>> = {},
): ImageAttribute[] {
  const found: ImageAttribute[] = []
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('attrs' in node) found.push(...imageAttributesOf(node, [IMAGE_SOURCES[node.nodeName], additional[node.nodeName]]))
    if ('content' in node) visit(node.content)
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  // Without scripting the content of <noscript> is parsed as elements.
  visit(parse(html, { sourceCodeLocationInfo: true, scriptingEnabled: false }))
  return found
}

function imageAttributesOf(element: Element, sources: readonly (AssetSource | undefined)[]): ImageAttribute[] {
  const attributes = attributesByName(element)
  // An element that the parser added has no location.
  if ('vite-ignore' in attributes || !element.sourceCodeLocation) return []
  return Object.entries(attributes).flatMap(([name, value]) => {
    const [kind] = sources.flatMap((source) => (source && kindOf(source, name, value, attributes)) ?? [])
    return kind ? [{ element, name, value, kind }] : []
  })
}

/** The parsed value of an attribute; `undefined` if it has no image with `?hd`. @param attributes of the same element */
export function kindOf(
  { srcAttributes, srcsetAttributes, filter }: AssetSource,
  name: string,
  value: string,
  attributes: Readonly<Record<string, string>>,
): AttributeKind | undefined {
  const kind = srcAttributes?.includes(name) ? 'url' : srcsetAttributes?.includes(name) ? 'srcset' : undefined
  if (!kind || !(kind === 'url' ? HD_QUERY_RE : HD_KEY_RE).test(value)) return undefined
  return filter?.({ key: name, value, attributes: { ...attributes } }) === false ? undefined : kind
}

/** The values of an element's attributes by name: `xlink:href`. */
export function attributesByName({ attrs }: Element): Record<string, string> {
  return Object.fromEntries(attrs.map(({ prefix, name, value }) => [prefix ? `${prefix}:${name}` : name, value]))
}
