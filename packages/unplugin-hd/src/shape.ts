import path from 'node:path'
import type { Asset, Hd, HdAsset, HdRequest, OutputFormat, Source } from '@unplugin-hd/core'

/** A file that an import needs, and what it is to be called. */
export interface Part {
  asset: Asset
  /** For the bundler's naming options: `hero@2x.jpg`; at 1x `hero.jpg`. */
  name: string
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

/** Where the pictures of a shape come from. */
export type Makers = Pick<Hd, 'double' | 'original'>

/**
 * Makes the pictures that a request needs, and says what the import's value is. A `2x` descriptor is written only for a
 * picture that really is twice the source's size.
 * @throws HdError, see `docs/errors.md`
 */
export async function createShape(hd: Makers, source: Source, request: HdRequest): Promise<Shape> {
  const name = path.parse(source.name).name
  const [format] = request.formats
  switch (request.as) {
    case 'url': {
      const two = await hd.double(source, { format, quality: request.quality })
      return toShape([doubledPart(two, name)], ([url]) => url!)
    }
    case 'srcset': {
      const pair = await createPair(hd, source, name, request, format)
      return toShape(pair.parts, pair.srcset)
    }
    case 'img': {
      const pair = await createPair(hd, source, name, request, format)
      return toShape(pair.parts, (urls) => imgValue(pair, urls, request))
    }
    case 'picture':
      return createPicture(hd, source, name, request)
    case 'meta':
      return createMeta(hd, source, name, request, format)
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

/** The 1x and the 2x of a source in one format; only one of them when there is no 2x. */
interface Pair {
  parts: readonly Part[]
  two: HdAsset
  src(urls: readonly string[]): string
  srcset(urls: readonly string[]): string
}

/** @param format both in this format; when it is left out, the 1x is the source file itself */
async function createPair(
  hd: Makers,
  source: Source,
  name: string,
  { quality }: HdRequest,
  format: OutputFormat | undefined,
): Promise<Pair> {
  const two = await hd.double(source, { format, quality })
  if (two.factor === 1) {
    return { two, parts: [doubledPart(two, name)], src: ([one]) => one!, srcset: ([one]) => `${one} 1x` }
  }
  const one = await hd.original(source, { format, quality })
  return {
    two,
    parts: [{ asset: one, name: `${name}.${one.extension}`, original: format === undefined }, doubledPart(two, name)],
    src: ([first]) => first!,
    srcset: ([first, second]) => `${first} 1x, ${second} 2x`,
  }
}

async function createPicture(hd: Makers, source: Source, name: string, request: HdRequest): Promise<Shape> {
  const img = await createPair(hd, source, name, request, undefined)
  // Without a 2x every `<source>` would only repeat the `<img>`.
  const sources =
    img.two.factor === 1 ? [] : await Promise.all(request.formats.map((format) => createPair(hd, source, name, request, format)))
  const pairs = [img, ...sources]
  return toShape(
    pairs.flatMap((pair) => pair.parts),
    (urls) => {
      let used = 0
      const [imgUrls, ...sourceUrls] = pairs.map((pair) => urls.slice(used, (used += pair.parts.length)))
      return {
        sources: sources.map((pair, index) => ({ type: pair.two.mime, ...srcset(pair.srcset(sourceUrls[index]!), request) })),
        img: imgValue(img, imgUrls!, request),
      } as PictureValue | JsxPictureValue
    },
  )
}

async function createMeta(
  hd: Makers,
  source: Source,
  name: string,
  request: HdRequest,
  format: OutputFormat | undefined,
): Promise<Shape> {
  const { parts, two, src } = await createPair(hd, source, name, request, format)
  const { width, height } = two.source
  return toShape(parts, (urls) => ({
    src: urls.at(-1)!,
    width: two.width,
    height: two.height,
    format: two.format,
    bytes: two.bytes.length,
    upscaler: two.upscaler ?? null,
    source: { src: src(urls), width, height },
  }))
}

function doubledPart(asset: HdAsset, name: string): Part {
  const doubled = asset.factor === 2
  return { asset, name: `${name}${doubled ? '@2x' : ''}.${asset.extension}`, original: !doubled }
}

/** The size is the one in CSS pixels: that of the source. */
function imgValue(pair: Pair, urls: readonly string[], request: HdRequest): ImgValue | JsxImgValue {
  const { width, height } = pair.two.source
  return { src: pair.src(urls), ...srcset(pair.srcset(urls), request), width, height }
}

/** By its name in HTML, or in JSX. */
function srcset(value: string, { jsx }: HdRequest): { srcset: string } | { srcSet: string } {
  return jsx ? { srcSet: value } : { srcset: value }
}
