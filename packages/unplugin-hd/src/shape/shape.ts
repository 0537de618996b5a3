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

/** A file that an import needs, and its name. */
export interface Part {
  asset: Asset
  /** The file name that the bundler's naming options start from: `hero@2x.jpg`; at 1x `hero.jpg`. */
  name: string
  /** The scale relative to the source, as in the descriptor. */
  scale: number
  /** The file is the unchanged source. */
  original: boolean
}

/** The result of a request: the files it needs, and the import value built from their URLs. */
export interface Shape {
  parts: readonly Part[]
  /** The value for known URLs. @param urls one per part */
  value(urls: readonly string[]): ShapeValue
  /**
   * The value as a JavaScript expression.
   * @param urls a JavaScript expression for the URL of each part
   */
  expression(urls: readonly string[]): string
}

/** A string for `url` and `srcset`. */
export type ShapeValue = string | ImgValue | PictureValue | JsxImgValue | JsxPictureValue | Readonly<Record<string, unknown>>

/** The value of `as=img&jsx`, with React's property names. */
export type JsxImgValue = Omit<ImgValue, 'srcset'> & { srcSet: string }

/** The value of `as=picture&jsx`. */
export interface JsxPictureValue {
  sources: readonly { type: string; srcSet: string }[]
  img: JsxImgValue
}

/** The value of `as=img`. */
export interface ImgValue {
  src: string
  srcset: string
  /** In CSS pixels: the size of the source. */
  width: number
  height: number
}

/** The value of `as=picture`. */
export interface PictureValue {
  sources: readonly { type: string; srcset: string }[]
  img: ImgValue
}

/** Makes the images of a shape. */
export interface Makers {
  /** The enlarged image. */
  enlarge(source: Source, request: JobRequest): Promise<HdAsset>
  /** The source at 1x: its own bytes, or in another format. */
  original(source: Source, request: EncodingRequest): Promise<Asset>
}

/** The default: reads from the cache, and makes what is missing. */
export function makersOf(hd: Hd): Makers {
  return {
    enlarge: (source, request) => hd.job(source, request).make(),
    original: (source, request) => hd.original(source, request).make(),
  }
}

/**
 * Makes the images that a request needs and builds the import value. A descriptor (`2x`) is only written for an image of exactly
 * that scale.
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

/** A placeholder for the URL of a part. */
function token(index: number): string {
  return `@@hd-part-${index}@@`
}

/** Placeholders with the quotes of the JSON string around them. */
const TOKEN_RE = /("?)@@hd-part-(\d+)@@("?)/g

/** Turns a value with placeholders in its strings into an expression: `{"srcset":one + " 1x, " + two + " 2x"}` */
function toExpression(value: ShapeValue, urls: readonly string[]): string {
  return JSON.stringify(value).replace(
    TOKEN_RE,
    (_, start: string, index: string, end: string) => `${start ? '' : '" + '}${urls[Number(index)]!}${end ? '' : ' + "'}`,
  )
}

/** A source at 1x and every factor up to the requested one, in one format; only 1x if it could not be enlarged. */
interface ImageSet {
  parts: readonly Part[]
  /** The image at the requested factor. */
  largest: HdAsset
  src(urls: readonly string[]): string
  srcset(urls: readonly string[]): string
}

/** @param format of all images; without it the 1x image is the source file itself */
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
    // An image that failed and fell back to the source is already listed as 1x.
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
  // With only 1x, every `<source>` would repeat the `<img>`.
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

/** The suffix of a file name: `@2x`, empty at 1x. */
export function factorMark(factor: number): string {
  return factor === 1 ? '' : `@${factor}x`
}

/** Width and height are CSS pixels: the size of the source. */
function imgValue(set: ImageSet, urls: readonly string[], request: HdRequest): ImgValue | JsxImgValue {
  const { width, height } = set.largest.source
  return { src: set.src(urls), ...srcset(set.srcset(urls), request), width, height }
}

/** The attribute name in HTML or JSX. */
function srcset(value: string, { jsx }: HdRequest): { srcset: string } | { srcSet: string } {
  return jsx ? { srcSet: value } : { srcset: value }
}
