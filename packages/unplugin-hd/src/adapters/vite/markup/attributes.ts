import { HD_QUERY_RE } from '@unplugin-hd/core'
import { parse, type DefaultTreeAdapterTypes } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element

/** Somewhere in a list of URLs. */
export const HD_KEY_RE: RegExp = /[?&]hd(?=[=&#,\s]|$)/

/** An attribute of a page that names at least one image with `?hd`. */
export interface ImageAttribute {
  element: Element
  /** As it is written: `xlink:href`. */
  name: string
  value: string
  /** Holds several candidates. */
  isSrcset: boolean
}

/** Which attributes of an element name images; as Vite's `html.additionalAssetSources`. */
export interface AssetSource {
  srcAttributes?: string[]
  srcsetAttributes?: string[]
  filter?: (data: { key: string; value: string; attributes: Record<string, string> }) => boolean
}

const META_NAME_RE = /^(?:twitter:image|msapplication-(?:tileimage|(?:square(?:70x70|150x150|310x310)|wide310x150)logo))$/i
const META_PROPERTY_RE = /^og:image(?::(?:secure_)?url)?$/i

/** The attributes that Vite replaces by the URLs of assets in a build. Any other would keep what is written into it. */
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

/** The attributes of a page that hold an image with `?hd` and that Vite takes for assets. @param additional from its options */
export function findImageAttributes(
  html: string,
  additional: Readonly<Record<string, AssetSource | undefined>> = {},
): ImageAttribute[] {
  const found: ImageAttribute[] = []
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('attrs' in node) {
      for (const source of [IMAGE_SOURCES[node.nodeName], additional[node.nodeName]]) {
        if (source) found.push(...attributesOf(node, source))
      }
    }
    if ('content' in node) visit(node.content)
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  // Without scripting the inside of <noscript> is elements and not text.
  visit(parse(html, { sourceCodeLocationInfo: true, scriptingEnabled: false }))
  return found
}

function attributesOf(element: Element, { srcAttributes = [], srcsetAttributes = [], filter }: AssetSource): ImageAttribute[] {
  const attributes = attributesByName(element)
  // What the parser made up stands nowhere.
  if ('vite-ignore' in attributes || !element.sourceCodeLocation) return []
  const find = (names: readonly string[], isSrcset: boolean): ImageAttribute[] =>
    names.flatMap((name) => {
      const value = attributes[name]
      if (value === undefined || !(isSrcset ? HD_KEY_RE : HD_QUERY_RE).test(value)) return []
      return filter?.({ key: name, value, attributes }) === false ? [] : [{ element, name, value, isSrcset }]
    })
  return [...find(srcAttributes, false), ...find(srcsetAttributes, true)]
}

/** The attributes of an element, named as they are written: `xlink:href`. */
export function attributesByName({ attrs }: Element): Record<string, string> {
  return Object.fromEntries(attrs.map(({ prefix, name, value }) => [prefix ? `${prefix}:${name}` : name, value]))
}
