import path from 'node:path'
import {
  FACTORS,
  type Asset,
  type EncodingRequest,
  type Hd,
  type HdAsset,
  type HdRequest,
  type JobRequest,
  type OutputFormat,
  type Source,
} from '@unplugin-hd/core'

/** A file that an import needs, and what it is to be called. */
export interface Part {
  asset: Asset
  /** For the bundler's naming options: `hero@2x.jpg`; at 1x `hero.jpg`. */
  name: string
  /** How many times as wide and high as the source: the number of its descriptor. */
  scale: number
  /** It is the source file itself, unchanged. */
  original: boolean
}

/** What a `?hd` gives: the files it needs and the value made of their URLs. */
export interface Shape {
  parts: readonly Part[]
  /** The value itself, where the URLs are known. @param urls of each part */
  value(urls: readonly string[]): ShapeValue
  /**
   * The value as a JavaScript expression.
   * @param urls a JavaScript expression for the URL of each part
   */
  expression(urls: readonly string[]): string
}

/** A string for `url` and `srcset`. */
export type ShapeValue = string | ImgValue | PictureValue | JsxImgValue | JsxPictureValue | Readonly<Record<string, unknown>>

/** What `as=img&jsx` gives: the names are those of React's properties. */
export type JsxImgValue = Omit<ImgValue, 'srcset'> & { srcSet: string }

/** What `as=picture&jsx` gives. */
export interface JsxPictureValue {
  sources: readonly { type: string; srcSet: string }[]
  img: JsxImgValue
}

/** What `as=img` gives. */
export interface ImgValue {
  src: string
  srcset: string
  /** In CSS pixels: the size of the source. */
  width: number
  height: number
}

/** What `as=picture` gives. */
export interface PictureValue {
  sources: readonly { type: string; srcset: string }[]
  img: ImgValue
}

/** Where the images of a shape come from. */
export interface Makers {
  /** The enlarged image. */
  enlarge(source: Source, request: JobRequest): Promise<HdAsset>
  /** The source at 1x: its own bytes, or in another format. */
  original(source: Source, request: EncodingRequest): Promise<Asset>
}

/** Those that make what the cache does not have. */
export function makersOf(hd: Hd): Makers {
  return {
    enlarge: (source, request) => hd.job(source, request).make(),
    original: (source, request) => hd.original(source, request).make(),
  }
}

/**
 * Makes the images that a request needs, and says what the import's value is. A descriptor (`2x`) is written only for an image
 * that really has that many times the source's size.
 * @throws HdError, see `docs/errors.md`
 */
export async function createShape(makers: Makers, source: Source, request: HdRequest): Promise<Shape> {
  const name = path.parse(source.name).name
  const [format] = request.formats
  switch (request.as) {
    case 'url': {
      const { factor, quality } = request
      const asset = await makers.enlarge(source, { factor, format, quality })
      return toShape([enlargedPart(asset, name)], ([url]) => url!)
    }
    case 'srcset': {
      const set = await createSet(makers, source, name, request, format)
      return toShape(set.parts, set.srcset)
    }
    case 'img': {
      const set = await createSet(makers, source, name, request, format)
      return toShape(set.parts, (urls) => imgValue(set, urls, request))
    }
    case 'picture':
      return createImage(makers, source, name, request)
    case 'meta':
      return createMeta(makers, source, name, request, format)
  }
}

function toShape(parts: readonly Part[], value: Shape['value']): Shape {
  return { parts, value, expression: (urls) => toExpression(value(urls.map((_, index) => token(index))), urls) }
}

/** Stands for the URL of a part until its expression is known. */
function token(index: number): string {
  return `@@hd-part-${index}@@`
}

/** With the quotes of the JSON string that it begins or ends. */
const TOKEN_RE = /("?)@@hd-part-(\d+)@@("?)/g

/** A value with tokens in its strings as an expression: `{"srcset":one + " 1x, " + two + " 2x"}` */
function toExpression(value: ShapeValue, urls: readonly string[]): string {
  return JSON.stringify(value).replace(
    TOKEN_RE,
    (_, start: string, index: string, end: string) => `${start ? '' : '" + '}${urls[Number(index)]!}${end ? '' : ' + "'}`,
  )
}

/** A source at 1x and at every factor up to the one asked for, in one format; only at 1x when it could not be enlarged. */
interface ImageSet {
  parts: readonly Part[]
  /** The one with the factor that was asked for. */
  largest: HdAsset
  src(urls: readonly string[]): string
  srcset(urls: readonly string[]): string
}

/** @param format all in this format; when it is left out, the 1x is the source file itself */
async function createSet(
  makers: Makers,
  source: Source,
  name: string,
  { factor: top, quality }: HdRequest,
  format: OutputFormat | undefined,
): Promise<ImageSet> {
  const largest = await makers.enlarge(source, { factor: top, format, quality })
  const smaller = FACTORS.filter((factor) => factor < largest.factor)
  const enlarged = await Promise.all(smaller.map((factor) => makers.enlarge(source, { factor, format, quality })))
  const one = largest.factor === 1 ? [] : [await makers.original(source, { format, quality })]
  const parts = [
    ...one.map((asset) => ({ asset, name: `${name}.${asset.extension}`, scale: 1, original: format === undefined })),
    // What failed this time and is the source now stands there already.
    ...enlarged.filter(({ factor }) => factor > 1).map((asset) => enlargedPart(asset, name)),
    enlargedPart(largest, name),
  ]
  return {
    largest,
    parts,
    src: ([first]) => first!,
    srcset: (urls) => parts.map(({ scale }, index) => `${urls[index]!} ${scale}x`).join(', '),
  }
}

async function createImage(makers: Makers, source: Source, name: string, request: HdRequest): Promise<Shape> {
  const img = await createSet(makers, source, name, request, undefined)
  // At 1x alone every `<source>` would only repeat the `<img>`.
  const formats = img.largest.factor === 1 ? [] : request.formats
  const sources = await Promise.all(formats.map((format) => createSet(makers, source, name, request, format)))
  const sets = [img, ...sources]
  return toShape(
    sets.flatMap((set) => set.parts),
    (urls) => {
      let used = 0
      const [imgUrls, ...sourceUrls] = sets.map((set) => urls.slice(used, (used += set.parts.length)))
      return {
        sources: sources.map((set, index) => ({ type: set.largest.mime, ...srcset(set.srcset(sourceUrls[index]!), request) })),
        img: imgValue(img, imgUrls!, request),
      } as PictureValue | JsxPictureValue
    },
  )
}

async function createMeta(
  makers: Makers,
  source: Source,
  name: string,
  { factor, quality }: HdRequest,
  format: OutputFormat | undefined,
): Promise<Shape> {
  const asset = await makers.enlarge(source, { factor, format, quality })
  const one = asset.factor === 1 ? undefined : await makers.original(source, { format, quality })
  const original = one && { asset: one, name: `${name}.${one.extension}`, scale: 1, original: format === undefined }
  const { width, height } = asset.source
  return toShape([...(original ? [original] : []), enlargedPart(asset, name)], (urls) => ({
    src: urls.at(-1)!,
    width: asset.width,
    height: asset.height,
    format: asset.format,
    bytes: asset.bytes.length,
    upscaler: asset.upscaler ?? null,
    source: { src: urls[0]!, width, height },
  }))
}

function enlargedPart(asset: HdAsset, name: string): Part {
  const { factor, extension } = asset
  return { asset, name: `${name}${factorMark(factor)}.${extension}`, scale: factor, original: factor === 1 }
}

/** What the name of an image says of its factor: `@2x`, and nothing at 1x. */
export function factorMark(factor: number): string {
  return factor === 1 ? '' : `@${factor}x`
}

/** The size is the one in CSS pixels: that of the source. */
function imgValue(set: ImageSet, urls: readonly string[], request: HdRequest): ImgValue | JsxImgValue {
  const { width, height } = set.largest.source
  return { src: set.src(urls), ...srcset(set.srcset(urls), request), width, height }
}

/** By its name in HTML, or in JSX. */
function srcset(value: string, { jsx }: HdRequest): { srcset: string } | { srcSet: string } {
  return jsx ? { srcSet: value } : { srcset: value }
}
