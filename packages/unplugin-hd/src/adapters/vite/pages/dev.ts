import { originAt, requestAt } from '../place.ts'
import type { Project } from '../project.ts'
import { planShape } from '../server/plan.ts'
import type { FindPageImage } from './page-image.ts'

/** In dev the URL of an image becomes its address. Vite adds the base and the origin to it afterwards. */
export function findInDev({ config, session }: Project): FindPageImage {
  const withoutBase = { ...config, base: '/', server: {} }
  return async (place, file, url) => {
    const mark = url.indexOf('?')
    if (!session.shouldTransform(file + url.slice(mark))) return undefined
    const request = requestAt(place, url)
    const { shape, addresses } = await planShape(session, withoutBase, file, request, originAt(place, url))
    return { request, shape, urls: addresses.map((address) => address ?? url.slice(0, mark)) }
  }
}
