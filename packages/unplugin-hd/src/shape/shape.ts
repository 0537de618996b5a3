import path from 'node:path'
import type { HdRequest, OutputFormat, Source } from '@unplugin-hd/core'
import { createSet, type ImageSet } from './image-set.ts'
import type { Makers } from './makers.ts'
import { enlargedPart, widthPart, type Part } from './part.ts'

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
  /** A tiny preview as a `data:` URL, when the request asked for it. */
  placeholder?: string
}

/** The value of `as=picture`. */
export interface PictureValue {
  sources: readonly { type: string; srcset: string }[]
  img: ImgValue
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
    case 'asset':
    case 'url': {
      const { factor, quality, widths } = request
      const asset = await makers.enlarge(source, { factor, format, quality, width: widths?.[0] })
      return toShape([widths ? widthPart(asset, name) : enlargedPart(asset, name)], ([url]) => url!)
    }
    case 'srcset': {
      const set = await createSet(makers, source, name, request, format)
      return toShape(set.parts, set.srcset)
    }
    case 'img': {
      const set = await createSet(makers, source, name, request, format)
      const placeholder = await placeholderOf(makers, source, request)
      return toShape(set.parts, (urls) => ({ ...imgValue(set, urls, request), ...placeholder }))
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

async function createImage(makers: Makers, source: Source, name: string, request: HdRequest): Promise<Shape> {
  const img = await createSet(makers, source, name, request, undefined)
  // With only 1x, every `<source>` would repeat the `<img>`.
  const formats = img.parts.every(({ original }) => original) ? [] : request.formats
  const placeholder = await placeholderOf(makers, source, request)
  const sources = await Promise.all(formats.map((format) => createSet(makers, source, name, request, format)))
  const sets = [img, ...sources]
  return toShape(
    sets.flatMap((set) => set.parts),
    (urls) => {
      let used = 0
      const [imgUrls, ...sourceUrls] = sets.map((set) => urls.slice(used, (used += set.parts.length)))
      return {
        sources: sources.map((set, index) => ({ type: set.largest.mime, ...srcset(set.srcset(sourceUrls[index]!), request) })),
        img: { ...imgValue(img, imgUrls!, request), ...placeholder },
      } as PictureValue | JsxPictureValue
    },
  )
}

async function createMeta(
  makers: Makers,
  source: Source,
  name: string,
  request: HdRequest,
  format: OutputFormat | undefined,
): Promise<Shape> {
  const { factor, quality } = request
  const asset = await makers.enlarge(source, { factor, format, quality })
  const one = asset.factor === 1 ? undefined : await makers.original(source, { format, quality })
  const original = one && { asset: one, name: `${name}.${one.extension}`, scale: 1, original: format === undefined }
  const { width, height } = asset.source
  const placeholder = await placeholderOf(makers, source, request)
  return toShape([...(original ? [original] : []), enlargedPart(asset, name)], (urls) => ({
    src: urls.at(-1)!,
    width: asset.width,
    height: asset.height,
    format: asset.format,
    bytes: asset.bytes.length,
    upscaler: asset.upscaler ?? null,
    source: { src: urls[0]!, width, height },
    ...placeholder,
  }))
}

/** The property that `placeholder` adds to a value. */
async function placeholderOf(makers: Makers, source: Source, { placeholder }: HdRequest): Promise<{ placeholder?: string }> {
  return placeholder ? { placeholder: await makers.placeholder(source) } : {}
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
