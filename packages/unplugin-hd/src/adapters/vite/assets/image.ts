import type { HdRequest } from '@unplugin-hd/core'
import type { Shape } from '../../../shape/shape.ts'
import { originAt, requestAt, type Place } from '../place.ts'
import { assetFiles } from './module.ts'
import type { Project } from '../project.ts'

/** The files of a reference that is no import of a module, for Vite to treat as assets. */
export interface Image {
  request: HdRequest
  shape: Shape
  /** Absolute paths with `/`, one for each part; their query says whether Vite is to inline them. */
  files: readonly string[]
}

/** How Vite is told outside of modules whether to inline a file. */
const DELIVERY_QUERY: Readonly<Record<HdRequest['delivery'], string>> = { auto: '', inline: '?inline', file: '?no-inline' }

/**
 * Makes what a reference asks for. `undefined` when the plugin is not to touch the file.
 * @param file absolute path of the source
 */
export async function imageAt(
  project: Project,
  place: () => Promise<Place> | Place,
  file: string,
  reference: string,
): Promise<Image | undefined> {
  if (!project.session.shouldTransform(file + reference.slice(reference.indexOf('?')))) return undefined
  const at = await place()
  const request = requestAt(at, reference)
  const { shape } = await project.session.load(file, request, originAt(at, reference))
  const query = DELIVERY_QUERY[request.delivery]
  const files = await assetFiles(project, shape, file, request)
  return { request, shape, files: files.map((asset) => asset + query) }
}
