import path from 'node:path'
import { toQuery, type HdRequest } from '@unplugin-hd/core'

/** Queries that ask for the bytes of one file of an import. They have no `hd` key, so that no other rule of ours takes them. */
export const BYTES_RE: RegExp = /[?&]hd-bytes=/

/** Those of files whose extension is not that of the source. */
export const RENAMED_RE: RegExp = /&to=\w+$/

const BYTES_QUERY_RE = /^\?hd-bytes=(\d+),(\d)((?:&[^#]*)?)$/

/** A file of an import: its position among the parts, and its extension. */
export interface FileOfImport {
  index: number
  extension: string
}

/**
 * The specifier of one file of an import: `./a.jpg?hd-bytes=0,2&format=webp&to=webp`.
 * @param specifier of the source, without a query
 */
export function bytesSpecifier(specifier: string, request: HdRequest, { index, extension }: FileOfImport): string {
  const rest = toQuery(request).replace(/^[^&]*/, '')
  // Others get a new one: Next.js knows neither `.JPG` nor `.tiff`.
  const isSame = path.extname(specifier).replace('.jpeg', '.jpg') === `.${extension}`
  return `${specifier}?hd-bytes=${index},${request.factor}${rest}${isSame ? '' : `&to=${extension}`}`
}

/** The query of the import and the position of the file that a query asks for; `undefined` for another query. */
export function parseBytesQuery(query: string): { query: string; index: number } | undefined {
  const [, index, factor, rest] = BYTES_QUERY_RE.exec(query) ?? []
  return rest === undefined ? undefined : { query: `?hd=${factor}${rest.replace(RENAMED_RE, '')}`, index: Number(index) }
}
