import { posix } from 'node:path'
import type { Hd, HdRequest, Source } from '@unplugin-hd/core'
import type { Makers } from './makers.ts'
import { createShape, type Shape } from './shape.ts'

const NO_BYTES = new Uint8Array(0)

/** The `placeholder` of every image: one transparent pixel. */
export const STUB_PLACEHOLDER = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='

/** A shape as a build makes it, whose files do not exist. */
export interface Stub {
  shape: Shape
  /** One per part: the path of the source with the name that the file would have (`/src/hero@2x.jpg`), whatever the image is. */
  urls: readonly string[]
}

/** The shape of an import for tests. @throws HdError `HD_SOURCE_…`, `HD_ENCODE` */
export async function createStub(hd: Hd, source: Source, request: HdRequest): Promise<Stub> {
  const shape = await createShape(plannersOf(hd), source, request)
  return { shape, urls: shape.parts.map(({ name }) => stubUrl(source.name, name)) }
}

/** Makers that read only the header of the source. */
function plannersOf(hd: Hd): Makers {
  return {
    async enlarge(source, request) {
      const job = hd.job(source, request)
      return { ...(await job.plan()), key: job.key, bytes: NO_BYTES }
    },
    async original(source, request) {
      const { plan, key } = hd.original(source, request)
      return { ...plan, key, bytes: NO_BYTES }
    },
    placeholder: async () => STUB_PLACEHOLDER,
  }
}

/**
 * @param source path relative to the root, with `/`; absolute if the image is on another drive
 * @param name of the file
 */
function stubUrl(source: string, name: string): string {
  const isAbsolute = /^(?:\/|[a-z]:)/i.test(source)
  const folders = isAbsolute ? [] : posix.dirname(source).split('/')
  return `/${[...folders.filter((folder) => !/^\.\.?$/.test(folder)), name].map(encodeSegment).join('/')}`
}

/** `@` stays readable, and a comma or a space would end a URL in `srcset`. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll('%40', '@')
}
