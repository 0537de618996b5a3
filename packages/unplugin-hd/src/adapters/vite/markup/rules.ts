import type { HdRequest } from '@unplugin-hd/core'
import { refuseAt } from '../place.ts'
import type { AttributeKind } from './attributes.ts'
import type { Candidate } from './srcset.ts'

/** A URL with a scheme or a host, which no bundler resolves. */
export function isExternal(url: string): boolean {
  return /^\s*(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(url)
}

/** The shapes that can be written into an attribute. */
export function allowedShapes(element: string, name: string, kind: AttributeKind): HdRequest['as'][] {
  if (kind === 'srcset') return ['url', 'srcset']
  return element === 'img' && name === 'src' ? ['url', 'img', 'picture'] : ['url']
}

/** @throws Error with `HD_QUERY` when a shape that writes a `srcset` meets an element that has one */
export function refuseSecondSrcset(
  where: string,
  url: string,
  shape: 'img' | 'picture',
  attributes: Readonly<Record<string, string>>,
): void {
  if (!('srcset' in attributes)) return
  refuseAt(where, url, `'as=${shape}' writes the srcset, but there is one already`, 'Remove one of them')
}

/** @throws Error with `HD_QUERY` when a candidate of a `srcset` with `as=srcset` has a descriptor */
export function refuseDescriptor(where: string, { url, descriptor }: Candidate): void {
  if (descriptor === '') return
  const what = `'as=srcset' writes its own descriptors, but '${descriptor}' follows`
  refuseAt(where, url, what, `Leave the descriptor out, or write '?hd' alone`)
}
