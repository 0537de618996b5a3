import { HD_QUERY_RE } from '@unplugin-hd/core'
import { refuseInImageSet, toImageSet } from '../styles/image-sets.ts'
import { originAt, requestAt, whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'
import type { Access } from './access.ts'
import { parseAddress } from './address.ts'
import { locate } from './locate.ts'
import { planShape } from './plan.ts'

/** As Vite writes them into a stylesheet. */
const URL_RE = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)/g

/**
 * A stylesheet, complete as Vite serves it, in which `as=srcset` is an `image-set()`. Any other `?hd` stays as it is: its
 * address is answered.
 * @throws Error with `HD_QUERY`, the file and the line, as a build does
 */
export async function transformCssInDev(
  { config, session }: Project,
  access: Access,
  code: string,
  id: string,
): Promise<string | undefined> {
  let done = ''
  let end = 0
  for (const { 0: text, 1: double, 2: single, 3: bare, index } of code.matchAll(URL_RE)) {
    const reference = double ?? single ?? bare!
    if (!HD_QUERY_RE.test(reference)) continue
    const where = await whereIs(config.root, id, reference.slice(reference.lastIndexOf('/') + 1))
    const place: Place = { where, what: 'CSS', shapes: ['url', 'srcset'] }
    const request = requestAt(place, reference)
    if (request.as === 'url') continue
    refuseInImageSet(code, index, where, reference)
    const wanted = parseAddress(reference.slice((config.server.origin ?? '').length), config.base)
    const file = wanted && wanted !== 'refused' ? await locate(wanted.path, config, access) : undefined
    if (file === undefined || file === 'refused' || !session.shouldTransform(file + reference.slice(reference.indexOf('?'))))
      continue
    const { shape, address } = await planShape(session, config, file, request, originAt(place, reference))
    const plain = reference.slice(0, reference.indexOf('?'))
    const urls = shape.parts.map((part) => `url(${JSON.stringify(address(part) ?? plain)})`)
    done += code.slice(end, index) + toImageSet(urls, shape.parts)
    end = index + text.length
  }
  return end === 0 ? undefined : done + code.slice(end)
}
