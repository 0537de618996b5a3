import path from 'node:path'
import {
  DEFAULT_FACTOR,
  HD_QUERY_RE,
  isHdId,
  parseRequest,
  toQuery,
  type EncodingRequest,
  type Factor,
  type HdRequest,
} from '@unplugin-hd/core'
import type { ResolvedConfig } from 'vite'
import { toSpecifier } from '../paths.ts'

/** Marks the address of the source itself in another format. */
const ONE_X = '1x'

/** Paths that may be images: anything else with `?hd` belongs to somebody else, as a page's own query. */
const IMAGE_RE = /\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)$/i

/** What an address asks for. */
export interface Wanted {
  /** As it stands behind the base, decoded: `/src/a.jpg`, `/@fs/abs/a.jpg`. */
  path: string
  /** 1 for the source in another format. */
  scale: 1 | Factor
  request: HdRequest
  /** `v` of the query: the content that whoever wrote the address knew. */
  version: string | undefined
  /** `t` of the query: the content that a page was told of. */
  token: string | undefined
}

/** Which of the images of a source. */
export interface Image extends EncodingRequest {
  scale: 1 | Factor
}

/** Keys and versions are shortened to this many digits in addresses. */
export const SHORT = 12

/** What addresses depend on. */
export type Addressing = Pick<ResolvedConfig, 'base' | 'root' | 'publicDir' | 'server'>

/**
 * The address that the dev server answers for an image, the same on the server's side and in the browser.
 * @param file absolute path with `/`
 */
export function addressOf(
  { base, root, publicDir, server }: Addressing,
  file: string,
  { scale, format, quality }: Image,
  version: string,
): string {
  const factor = scale === 1 ? DEFAULT_FACTOR : scale
  const query = toQuery({ as: 'url', factor, formats: format ? [format] : [], quality, delivery: 'auto' })
  const place = below(publicDir, file) ?? below(root, file) ?? `@fs/${file.replace(/^\//, '')}`
  const encoded = place
    .split('/')
    .map((part, index) => (index === 0 && part === '@fs' ? part : encode(part)))
    .join('/')
  return `${server.origin ?? ''}${base}${encoded}${query}${scale === 1 ? `&${ONE_X}` : ''}&v=${version.slice(0, SHORT)}`
}

function below(folder: string, file: string): string | undefined {
  if (!folder) return undefined
  const start = `${toSpecifier(folder).replace(/\/$/, '')}/`
  return file.startsWith(start) ? file.slice(start.length) : undefined
}

/** Also what would end a URL in CSS or in a `srcset`. */
function encode(part: string): string {
  return encodeURIComponent(part).replace(/['()*!]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

/**
 * What an address asks for; `undefined` when it is not for us, `refused` when it tries to leave the folders.
 * @param url as it stands in the request
 * @param base as Vite has it, percent-encoded
 * @throws HdError `HD_QUERY`
 */
export function parseAddress(url: string, base: string): Wanted | 'refused' | undefined {
  if (!url.startsWith('/') || !HD_QUERY_RE.test(url)) return undefined
  const mark = url.indexOf('?')
  const keys = url.slice(mark + 1).split('&')
  if (keys.includes('import')) return undefined
  const decoded = decode(url.slice(0, mark))
  if (decoded === undefined) return 'refused'
  if (!IMAGE_RE.test(decoded)) return undefined
  if (/[\0\\]/.test(decoded) || decoded.split('/').some((part) => part === '..' || part === '.')) return 'refused'
  // Vite keeps the base encoded. Frameworks ask for files of the public folder without it as well.
  const folder = decode(base) ?? base
  const address = decoded.startsWith(folder) ? `/${decoded.slice(folder.length)}` : decoded
  const query = keys.filter((key) => key !== ONE_X && key !== `${ONE_X}=`).join('&')
  const id = `${address.replaceAll('?', '_')}?${query}`
  if (!isHdId(id)) return undefined
  const values = new URLSearchParams(query)
  const { request } = parseRequest(id)!
  return {
    path: address,
    scale: query.length < keys.join('&').length ? 1 : request.factor,
    request,
    version: values.get('v') ?? undefined,
    token: values.get('t') ?? undefined,
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The files that a path may mean, absolute with `/`, most likely first. */
export function candidates(address: string, { root, publicDir }: Pick<Addressing, 'root' | 'publicDir'>): string[] {
  if (address.startsWith('/@fs/')) {
    const file = address.slice('/@fs'.length)
    return [toSpecifier(path.normalize(/^\/[a-z]:\//i.test(file) ? file.slice(1) : file))]
  }
  return [publicDir, root].filter(Boolean).map((folder) => toSpecifier(path.join(folder, address)))
}
