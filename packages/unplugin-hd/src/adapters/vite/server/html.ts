import type { FindInPage } from '../pages/html.ts'
import { originAt, requestAt } from '../place.ts'
import type { Project } from '../project.ts'
import { planShape } from './plan.ts'

/** What the URLs of a page stand for in dev. Vite puts the base before those that begin with `/`. */
export function findInDevPage({ config, session }: Project): FindInPage {
  const withoutBase = { ...config, base: '/', server: { ...config.server, origin: undefined } }
  return async (place, file, url) => {
    const mark = url.indexOf('?')
    if (!session.shouldTransform(file + url.slice(mark))) return undefined
    const request = requestAt(place, url)
    const { shape, address } = await planShape(session, withoutBase, file, request, originAt(place, url))
    return { request, shape, urls: shape.parts.map((part) => address(part) ?? url.slice(0, mark)) }
  }
}
