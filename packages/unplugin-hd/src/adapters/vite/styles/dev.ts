import { HD_QUERY_RE, toQuery } from '@unplugin-hd/core'
import { originAt, requestAt, whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'
import type { Dev } from '../server/dev.ts'
import { fileOfAddress } from '../server/locate.ts'
import { planShape } from '../server/plan.ts'
import { refuseInImageSet, toImageSet } from './image-sets.ts'

/** A `url()` as Vite writes it. */
const URL_RE = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)/g

/**
 * Replaces `as=srcset` by an `image-set()` in a compiled stylesheet; `undefined` without one. Any other `?hd` stays: the dev
 * server answers its address.
 * @throws Error with `HD_QUERY`, the file and the line, like a build
 */
export async function transformStyleInDev(
  { config, session }: Project,
  { access, imageSets }: Pick<Dev, 'access' | 'imageSets'>,
  code: string,
  id: string,
): Promise<{ code: string; map: null } | undefined> {
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
    const mark = reference.indexOf('?')
    const file = await fileOfAddress(reference.slice((config.server.origin ?? '').length), config, access)
    if (file === undefined || !session.shouldTransform(file + reference.slice(mark))) continue
    const { shape, addresses } = await planShape(session, config, file, request, originAt(place, reference))
    const urls = addresses.map((address) => `url(${JSON.stringify(address ?? reference.slice(0, mark))})`)
    imageSets.add(file + toQuery(request))
    done += code.slice(end, index) + toImageSet(urls, shape.parts)
    end = index + text.length
  }
  return end === 0 ? undefined : { code: done + code.slice(end), map: null }
}
