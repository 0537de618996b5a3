// Every shape of a `?hd` import has the type that docs/queries.md promises. Checked by `pnpm typecheck`, once with the types of
// unplugin-hd alone and once beside those of Vite; nothing here runs.
import url from './a.jpg?hd'
import aliased from '@/images/a.png?hd'
import packaged from 'some-package/a.webp?hd'
import last from './a.jpg?format=webp&quality=80&hd'
import besideUrl from './a.jpg?url&hd'
import webp from './a.jpg?hd&format=webp'
import avif from './a.jpg?hd&format=avif'
import png from './a.jpg?hd&format=png'
import jpeg from './a.jpg?hd&format=jpeg'
import jpg from './a.jpg?hd&format=jpg'
import inlined from './a.jpg?hd&inline'
import file from './a.jpg?hd&no-inline'
import srcset from './a.jpg?hd&as=srcset'
import webpSrcset from './a.jpg?hd&format=webp&as=srcset'
import img from './a.jpg?hd&as=img'
import smallImg from './a.jpg?hd&quality=40&as=img'
import picture from './a.jpg?hd&format=avif;webp&as=picture'
import pictureFormatsLast from './a.jpg?hd&as=picture&format=avif;webp'
import pictureFormatLast from './a.jpg?hd&as=picture&format=webp'
import jsxImg from './a.jpg?hd&as=img&jsx'
import jsxFirst from './a.jpg?hd&jsx&as=img'
import jsxPicture from './a.jpg?hd&format=avif;webp&as=picture&jsx'
import meta from './a.jpg?hd&as=meta'
import asset from './a.jpg?hd&as=asset'
import widths from './a.jpg?hd&w=480;960&as=img'
import placeholderImg from './a.jpg?hd&as=img&placeholder'
import placeholderJsx from './a.jpg?hd&as=img&placeholder&jsx'
import placeholderMeta from './a.jpg?hd&as=meta&placeholder'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

interface Img {
  readonly src: string
  readonly srcset: string
  readonly width: number
  readonly height: number
}

export const urls: string[] = [
  url,
  aliased,
  packaged,
  last,
  besideUrl,
  webp,
  avif,
  png,
  jpeg,
  jpg,
  inlined,
  file,
  srcset,
  webpSrcset,
  asset,
]
holds<Equal<typeof url, string>>()
holds<Equal<typeof last, string>>()
holds<Equal<typeof srcset, string>>()

export const placeholders: string[] = [placeholderImg.placeholder, placeholderJsx.placeholder, placeholderMeta.placeholder]
export const imgs: Img[] = [img, smallImg, widths, placeholderImg, picture.img, pictureFormatsLast.img, pictureFormatLast.img]
holds<Equal<typeof img.width, number>>()
holds<Equal<(typeof picture.sources)[number], { readonly type: string; readonly srcset: string }>>()

interface JsxImg {
  readonly src: string
  readonly srcSet: string
  readonly width: number
  readonly height: number
}

export const jsxImgs: JsxImg[] = [jsxImg, jsxFirst, jsxPicture.img]
holds<Equal<keyof typeof jsxImg, keyof JsxImg>>()
holds<Equal<(typeof jsxPicture.sources)[number], { readonly type: string; readonly srcSet: string }>>()

holds<Equal<typeof meta.upscaler, string | null>>()
holds<Equal<typeof meta.source, { readonly src: string; readonly width: number; readonly height: number }>>()
export const facts: [string, number, number, string, number] = [meta.src, meta.width, meta.height, meta.format, meta.bytes]

// @ts-expect-error an <img> is not a string
export const wrong: string = img
// @ts-expect-error values are read-only
img.width = 3

export const lazily: Promise<string> = import('./b.png?hd').then((module) => module.default)
