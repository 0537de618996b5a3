import path from 'node:path'
import {
  DEFAULT_FACTOR,
  HD_QUERY_RE,
  parseRequest,
  toQuery,
  type EncodingRequest,
  type Factor,
  type HdRequest,
} from '@unplugin-hd/core'
import { normalizePath } from 'unplugin-utils'

/** The key in addresses of a source at 1x in another format. */
const ONE_X = '1x'

/** Paths of images. Any other path with `?hd` is not ours: it may be the query of a page. */
const IMAGE_RE = /\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)$/i

/** One of the files that can be made of a source. */
export interface ImageVariant extends EncodingRequest {
  /** 1 for the source in another format. */
  scale: 1 | Factor
  /** In pixels. */
  width?: number | undefined
}

/** What an address means. */
export type ParsedAddress =
  | ImageAddress
  /** It tries to leave its folder, or cannot be decoded. */
  | { kind: 'malformed' }
  /** Not an address of the plugin. */
  | { kind: 'foreign' }

/** The address of an image. */
export interface ImageAddress {
  kind: 'image'
  /** Without the base, decoded: `/src/a.jpg`, `/@fs/abs/a.jpg`. */
  path: string
  /** 1 for the source in another format. */
  scale: 1 | Factor
  request: HdRequest
  /** `v` of the query: the content that the address was written for. */
  version: string | undefined
  /** `t` of the query: the content that the server told a page of. */
  token: string | undefined
}

/** Addresses contain this many digits of keys and digests. */
export const SHORT_LENGTH = 12

/** The parts of Vite's configuration that addresses depend on. */
export interface AddressConfig {
  base: string
  root: string
  publicDir: string
  server: { origin?: string | undefined }
}

/**
 * The address at which the dev server has an image. It is the same in server code and in the browser.
 * @param file absolute path of the source, with `/`
 * @param version key of the image
 */
export function addressOf(
  { base, root, publicDir, server }: AddressConfig,
  file: string,
  { scale, width, format, quality }: ImageVariant,
  version: string,
): string {
  const factor = scale === 1 ? DEFAULT_FACTOR : scale
  const formats = format ? [format] : []
  const query = toQuery({ as: 'url', factor, formats, quality, delivery: 'auto', ...(width && { widths: [width] }) })
  const place = below(publicDir, file) ?? below(root, file) ?? `@fs/${file.replace(/^\//, '')}`
  const encoded = place
    .split('/')
    .map((part, index) => (index === 0 && part === '@fs' ? part : encode(part)))
    .join('/')
  return `${server.origin ?? ''}${base}${encoded}${query}${scale === 1 ? `&${ONE_X}` : ''}&v=${version.slice(0, SHORT_LENGTH)}`
}

function below(folder: string, file: string): string | undefined {
  if (!folder) return undefined
  const start = `${normalizePath(folder).replace(/\/$/, '')}/`
  return file.startsWith(start) ? file.slice(start.length) : undefined
}

/** Encodes also what ends a URL in CSS or in a `srcset`. */
function encode(part: string): string {
  return encodeURIComponent(part).replace(/['()*!]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

/**
 * Reads the address of a request.
 * @param url path and query
 * @param base Vite's option, percent-encoded
 * @throws HdError `HD_QUERY`
 */
export function parseAddress(url: string, base: string): ParsedAddress {
  if (!url.startsWith('/') || !HD_QUERY_RE.test(url)) return { kind: 'foreign' }
  const mark = url.indexOf('?')
  const keys = url.slice(mark + 1).split('&')
  // The request of a module.
  if (keys.includes('import')) return { kind: 'foreign' }
  const decoded = decode(url.slice(0, mark))
  if (decoded === undefined) return { kind: 'malformed' }
  if (!IMAGE_RE.test(decoded)) return { kind: 'foreign' }
  if (/[\0\\]/.test(decoded) || decoded.split('/').some((part) => part === '..' || part === '.')) return { kind: 'malformed' }
  // Vite keeps the base encoded. Some frameworks leave it out in addresses of public files.
  const folder = decode(base) ?? base
  const place = decoded.startsWith(folder) ? `/${decoded.slice(folder.length)}` : decoded
  const query = keys.filter((key) => key !== ONE_X && key !== `${ONE_X}=`).join('&')
  const parsed = parseRequest(`${place.replaceAll('?', '_')}?${query}`)
  if (!parsed) return { kind: 'foreign' }
  const { request } = parsed
  const values = new URLSearchParams(query)
  return {
    kind: 'image',
    path: place,
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

/** The files that a path may mean: absolute, with `/`, the most likely one first. */
export function candidates(address: string, { root, publicDir }: Pick<AddressConfig, 'root' | 'publicDir'>): string[] {
  if (address.startsWith('/@fs/')) {
    const file = address.slice('/@fs'.length)
    return [normalizePath(path.normalize(/^\/[a-z]:\//i.test(file) ? file.slice(1) : file))]
  }
  return [publicDir, root].filter(Boolean).map((folder) => normalizePath(path.join(folder, address)))
}
