import type { HdRequest } from '@unplugin-hd/core'
import type { ImgValue, PictureValue, Shape, ShapeValue } from '../../../shape/shape.ts'
import type { Place } from '../place.ts'

/** The image of a URL in a page. */
export interface PageImage {
  request: HdRequest
  shape: Shape
  /** The URL of each part, as the page is to write it. */
  urls: readonly string[]
}

/** Finds the image of a URL; `undefined` if the options exclude the file. @param file absolute path of the source */
export type FindPageImage = (place: Place, file: string, url: string) => Promise<PageImage | undefined>

/** What is to be written into a page. */
export type PageValue =
  | { kind: 'text'; text: string }
  | { kind: 'img'; img: ImgValue }
  | { kind: 'picture'; picture: PictureValue }

/** @throws TypeError for a shape that no attribute of a page allows */
export function pageValueOf({ request, shape, urls }: PageImage): PageValue {
  const value = shape.value(urls)
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (isPicture(value)) return { kind: 'picture', picture: value }
  if (isImg(value)) return { kind: 'img', img: value }
  throw new TypeError(`'as=${request.as}' in a page`)
}

function isImg(value: ShapeValue): value is ImgValue {
  return typeof value === 'object' && 'src' in value && 'srcset' in value
}

function isPicture(value: ShapeValue): value is PictureValue {
  return typeof value === 'object' && 'sources' in value && 'img' in value
}
