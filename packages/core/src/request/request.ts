import { HdError } from '../errors.ts'
import { DEFAULT_FACTOR, FACTORS, isFactor, type Factor } from './factor.ts'
import { canonicalFormat, isOutputFormat, OUTPUT_FORMATS, type OutputFormat } from './format.ts'
import { allowedInstead } from '../unknown-keys.ts'

/** The shapes of the default export of a `?hd` import. */
export const SHAPES = ['url', 'srcset', 'img', 'picture', 'meta', 'asset'] as const
export type Shape = (typeof SHAPES)[number]

/** A parsed query, complete and canonical. */
export interface HdRequest {
  as: Shape
  /** How many times as wide and high as the source: `?hd=3`. `?hd` alone is 2. */
  factor: Factor
  /** Requested formats, in the given order; empty: the default of the options. More than one only for `picture`. */
  formats: readonly OutputFormat[]
  /** 1 to 100; `undefined`: the default of the options. */
  quality: number | undefined
  /** `auto`: the bundler decides whether to inline a small file. */
  delivery: 'auto' | 'inline' | 'file'
  /** In pixels, ascending, each once: `w=480;960`. @default the source and its factors */
  widths?: readonly number[]
  /** Adds a tiny preview to the URLs. Only for `img`, `picture` and `meta`. @default false */
  placeholder?: boolean
  /** Attribute names as in JSX: `srcSet`. Only for `img` and `picture`. @default false */
  jsx?: boolean
  /** Keys of other tools, as they were written: `w=400&format=webp`. Only for `asset`. */
  rest?: string
}

/**
 * Matches an `hd` key anywhere in the query, but not `?hdx`, `?a=hd` or a fragment after the query. A `#` before the query belongs
 * to the path (`/c#/a.jpg`).
 */
export const HD_QUERY_RE: RegExp = /^[^?]*\?(?:[^#]*&)?hd(?=[=&#]|$)/

/**
 * Matches likely typos of an `hd` key in the query of an image: `?HD`, `?hd2`, `?hd?as=img`, `?2x`. Keys of other tools do not
 * match: `?hdx`, `?url`, `?raw`, `?react`, `?w=400`, `?as=picture`, `?size=2x` are none of these.
 */
const MISTAKEN = String.raw`(@?[2-9]x|hd@?\d+x?|hd(?=\?)|H[Dd]|hD)(?=[?&#]|$)`
export const MISTAKEN_QUERY_RE: RegExp = new RegExp(
  String.raw`^[^?]*\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?(?:[^#]*&)?${MISTAKEN}`,
  'i',
)
const MISTAKEN_KEY_RE = new RegExp(String.raw`(?<=[?&])${MISTAKEN}`)

/**
 * Suggests the correct form of a mistyped query.
 * @returns `undefined` if the query is not a typo; `certain` is true when no other tool can own the query
 */
export function mistakenQuery(id: string): { instead: string; certain: boolean } | undefined {
  if (isHdId(id) || !MISTAKEN_QUERY_RE.test(id)) return undefined
  const key = MISTAKEN_KEY_RE.exec(id)
  if (!key) return undefined
  const [factor] = /[34]/.exec(key[0]) ?? []
  const ours = factor === undefined ? 'hd' : `hd=${factor}`
  const instead = id.slice(0, key.index) + ours + id.slice(key.index + key[0].length).replace('?', '&')
  return { instead, certain: /hd/i.test(key[0]) }
}

/** Keys that bundlers add or strip; ignored here. */
const FOREIGN_KEYS: ReadonlySet<string> = new Set(['import', 't', 'v', 'url'])
const KEYS = ['as', 'w', 'format', 'quality', 'placeholder', 'inline', 'no-inline', 'jsx'] as const

/** Shapes that accept `jsx`: their values are attributes. */
const JSX_SHAPES: readonly Shape[] = ['img', 'picture']
/** Shapes that accept `placeholder`. */
const PLACEHOLDER_SHAPES: readonly Shape[] = ['img', 'picture', 'meta']

/** More would be a mistake: each width is a file. */
const MAX_WIDTHS = 32
/** 1 to 65535, which is more than any format holds. */
const WIDTH_RE = /^[1-9]\d{0,4}$/

/** True if the module id requests an enlarged image. */
export function isHdId(id: string): boolean {
  return HD_QUERY_RE.test(id)
}

/**
 * The file and the request of a module id such as `./a.jpg?hd&as=img`, or `undefined` when the id has no `hd` key.
 * @throws HdError `HD_QUERY` for an unknown key, a key given twice, or a value that is not allowed
 */
export function parseRequest(id: string): { file: string; request: HdRequest } | undefined {
  if (!isHdId(id)) return undefined
  const mark = id.indexOf('?')
  const file = id.slice(0, mark)
  const [query] = id.slice(mark + 1).split('#', 1) as [string]
  return { file, request: parseQuery(new URLSearchParams(query), file) }
}

function parseQuery(query: URLSearchParams, file: string): HdRequest {
  const refuse = (what: string, remedy: string): never => {
    throw new HdError('HD_QUERY', what, { file, remedy })
  }
  if (query.getAll('as').includes('asset')) return parseAsset(query, refuse)
  const values = new Map<string, string>()
  for (const [key, value] of query) {
    if (FOREIGN_KEYS.has(key)) continue
    if (key !== 'hd' && !(KEYS as readonly string[]).includes(key)) {
      refuse(`the query has the unknown key '${key}'`, allowedInstead(key, KEYS, "Allowed besides 'hd' are"))
    }
    if (values.has(key)) refuse(`the query has the key '${key}' twice`, 'Write it once')
    values.set(key, value)
  }
  const factor = parseFactor(values.get('hd')!, refuse)
  for (const flag of ['placeholder', 'inline', 'no-inline', 'jsx']) {
    const value = values.get(flag)
    if (value) refuse(`'${flag}' takes no value, but has '${value}'`, `Write '${flag}' alone`)
  }
  if (values.has('inline') && values.has('no-inline')) refuse(`the query has both 'inline' and 'no-inline'`, 'Keep one of them')

  const as = values.get('as') ?? 'url'
  if (!isShape(as)) return refuse(`'as' is '${as}'`, allowedInstead(as, SHAPES))

  const flagOf = (name: string, shapes: readonly Shape[]): boolean => {
    if (!values.has(name)) return false
    if (shapes.includes(as)) return true
    return refuse(`'${name}' does not go with 'as=${as}'`, `Write it with ${shapes.map((shape) => `'as=${shape}'`).join(' or ')}`)
  }
  const jsx = flagOf('jsx', JSX_SHAPES)
  const placeholder = flagOf('placeholder', PLACEHOLDER_SHAPES)
  const widths = parseWidths(values.get('w'), as, refuse)

  const formats = parseFormats(values.get('format'), refuse)
  if (as === 'picture' && formats.length === 0) {
    refuse(`'as=picture' needs at least one format`, `Write for example 'format=avif;webp'`)
  }
  if (as !== 'picture' && formats.length > 1) {
    refuse(`'format' has ${formats.length} values, but 'as=${as}' takes one`, `Use 'as=picture', or one format`)
  }

  const quality = values.get('quality')
  if (quality !== undefined && !/^(?:[1-9]\d?|100)$/.test(quality)) {
    refuse(`'quality' is '${quality}'`, 'Allowed are whole numbers from 1 to 100')
  }
  return {
    as,
    factor,
    formats,
    quality: quality === undefined ? undefined : Number(quality),
    delivery: values.has('inline') ? 'inline' : values.has('no-inline') ? 'file' : 'auto',
    ...(widths && { widths }),
    ...(placeholder && { placeholder }),
    ...(jsx && { jsx }),
  }
}

type Refuse = (what: string, remedy: string) => never

/** Another `as` is the other tool's. */
function isKeyOfAsset([key, value]: [string, string]): boolean {
  return key === 'hd' || (key === 'as' && value === 'asset')
}

/** `as=asset` leaves every other key to the tool that makes what an image is in this project. */
function parseAsset(query: URLSearchParams, refuse: Refuse): HdRequest {
  if ([...query].filter(isKeyOfAsset).length > 2) refuse(`the query has 'hd' or 'as=asset' twice`, 'Write it once')
  const factor = parseFactor(query.get('hd')!, refuse)
  const rest = [...query].filter((entry) => !isKeyOfAsset(entry) && !FOREIGN_KEYS.has(entry[0]))
  // Tools write lists with `;`, which URLSearchParams would escape.
  const text = rest.map(([key, value]) => (value === '' ? key : `${key}=${value.replaceAll('&', '%26')}`)).join('&')
  return { as: 'asset', factor, formats: [], quality: undefined, delivery: 'auto', ...(text && { rest: text }) }
}

function parseFactor(hd: string, refuse: Refuse): Factor {
  const factor = hd === '' ? DEFAULT_FACTOR : Number(hd)
  if (isFactor(factor) && /^\d?$/.test(hd)) return factor
  return refuse(`'hd' is '${hd}'`, `Write 'hd' alone, or a factor: ${FACTORS.map((allowed) => `'hd=${allowed}'`).join(', ')}`)
}

function parseWidths(value: string | undefined, as: Shape, refuse: Refuse): readonly number[] | undefined {
  if (value === undefined) return undefined
  const widths = value.split(';').map((text) => {
    if (!WIDTH_RE.test(text)) refuse(`'w' is '${text}'`, `Write widths in pixels: 'w=480;960'`)
    return Number(text)
  })
  if (as === 'meta') refuse(`'w' does not go with 'as=meta'`, `Write it with 'as=img', 'as=picture' or 'as=srcset'`)
  if (as === 'url' && widths.length > 1) {
    refuse(`'w' has ${widths.length} values, but 'as=url' takes one`, `Use 'as=img', 'as=picture' or 'as=srcset', or one width`)
  }
  if (widths.length > MAX_WIDTHS) refuse(`'w' has ${widths.length} values`, `At most ${MAX_WIDTHS} are made of one image`)
  return [...new Set(widths)].toSorted((one, other) => one - other)
}

function parseFormats(value: string | undefined, refuse: Refuse): OutputFormat[] {
  if (value === undefined) return []
  const formats = value.split(';').map((name) => {
    const format = canonicalFormat<string>(name)
    return isOutputFormat(format) ? format : refuse(`'format' is '${name}'`, allowedInstead(name, OUTPUT_FORMATS))
  })
  return [...new Set(formats)]
}

/**
 * The canonical query of a request, `?hd` first and defaults left out: equal requests give equal text, whatever order
 * the user wrote.
 */
export function toQuery(request: HdRequest): string {
  let query = request.factor === DEFAULT_FACTOR ? '?hd' : `?hd=${request.factor}`
  if (request.as !== 'url') query += `&as=${request.as}`
  if (request.widths) query += `&w=${request.widths.join(';')}`
  if (request.formats.length > 0) query += `&format=${request.formats.join(';')}`
  if (request.quality !== undefined) query += `&quality=${request.quality}`
  if (request.placeholder) query += '&placeholder'
  if (request.delivery !== 'auto') query += request.delivery === 'inline' ? '&inline' : '&no-inline'
  if (request.jsx) query += '&jsx'
  if (request.rest) query += `&${request.rest}`
  return query
}

function isShape(value: string): value is Shape {
  return (SHAPES as readonly string[]).includes(value)
}
