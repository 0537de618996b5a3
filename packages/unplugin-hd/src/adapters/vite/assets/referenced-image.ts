import type { HdRequest } from '@unplugin-hd/core'
import type { Shape } from '../../../shape/shape.ts'
import { originAt, requestAt, type Place } from '../place.ts'
import type { Project } from '../project.ts'

/** A reference outside JavaScript imports, in a build. */
export interface ReferencedImage {
  request: HdRequest
  shape: Shape
  /** The file of each part, for Vite to treat as an asset: an absolute path with `/`, and the query that says whether to inline it. */
  files: readonly string[]
}

/** The query that makes Vite inline a file, or not, if no module imports it. */
const DELIVERY_QUERY: Readonly<Record<HdRequest['delivery'], string>> = { auto: '', inline: '?inline', file: '?no-inline' }

/**
 * Makes the images of a reference in a page, a stylesheet or a `new URL()`. `undefined` if the options exclude the
 * file.
 * @param file absolute path of the source
 * @param reference as it is written, with its query
 * @throws Error with the place, what is wrong, what to do, and the code
 */
export async function makeReferencedImage(
  { session, assets }: Project,
  place: Place | (() => Promise<Place>),
  file: string,
  reference: string,
): Promise<ReferencedImage | undefined> {
  if (!session.shouldTransform(file + reference.slice(reference.indexOf('?')))) return undefined
  const found = typeof place === 'function' ? await place() : place
  const request = requestAt(found, reference)
  const shape = await session.load(file, request, originAt(found, reference))
  const files = await assets.filesOf(shape, file, request)
  return { request, shape, files: files.map((each) => each + DELIVERY_QUERY[request.delivery]) }
}
