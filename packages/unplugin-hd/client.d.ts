/**
 * Types of `?hd` imports: `/// <reference types="unplugin-hd/client" />`, or `"types": ["unplugin-hd/client"]`.
 *
 * A module pattern of TypeScript has one `*`, so the key that decides the type is the last one:
 * `./a.jpg?hd&as=img`, or with more keys `./a.jpg?hd&format=webp&as=img`. Where the shape is a URL, `hd` is the last:
 * `./a.jpg?hd`, `./a.jpg?format=webp&quality=80&hd`. The option `dts` writes a file for all others.
 */

/** What `as=img` gives: spread it on an `<img>`. */
interface HdImg {
  /** URL of the 1x image. */
  readonly src: string
  /** `"<1x url> 1x, <2x url> 2x"`; with `w=480;960` `"<url> 480w, <url> 960w"` */
  readonly srcset: string
  /** In CSS pixels: the size of the source. */
  readonly width: number
  readonly height: number
}

/** What `placeholder` adds to the value of `as=img` and `as=meta`, and to the `img` of `as=picture`. */
interface HdPlaceholder {
  /** A tiny preview, as a `data:` URL of less than 1 kB. */
  readonly placeholder: string
}

/** What `as=picture` gives: a `<source>` for each format, and the `<img>` after them. */
interface HdPicture {
  readonly sources: readonly { readonly type: string; readonly srcset: string }[]
  readonly img: HdImg
}

/** What `as=img&jsx` gives: spread it on an `<img>` of JSX. */
interface HdJsxImg {
  /** URL of the 1x image. */
  readonly src: string
  /** `"<1x url> 1x, <2x url> 2x"` */
  readonly srcSet: string
  /** In CSS pixels: the size of the source. */
  readonly width: number
  readonly height: number
}

/** What `as=picture&jsx` gives. */
interface HdJsxPicture {
  readonly sources: readonly { readonly type: string; readonly srcSet: string }[]
  readonly img: HdJsxImg
}

/** What `as=meta` gives. */
interface HdMeta {
  /** URL of the 2x image. */
  readonly src: string
  /** In pixels: twice the source's, except with `mode: 'off'`. */
  readonly width: number
  readonly height: number
  readonly format: string
  /** Size of the file. */
  readonly bytes: number
  /** Name of the upscaler; `null` with `mode: 'off'`. */
  readonly upscaler: string | null
  readonly source: { readonly src: string; readonly width: number; readonly height: number }
}

/** Frameworks declare here what an imported image is: the property `asset`. */
interface HdAssetTypes {}

/** What `as=asset` gives: what every imported image is in this project. A URL, unless a framework or a plugin makes more of it. */
type HdAsset = HdAssetTypes extends { readonly asset: infer Asset } ? Asset : string

declare module '*&as=asset' {
  const asset: HdAsset
  export default asset
}
declare module '*?hd' {
  const url: string
  export default url
}
declare module '*&hd' {
  const url: string
  export default url
}
declare module '*?hd=3' {
  const url: string
  export default url
}
declare module '*?hd=4' {
  const url: string
  export default url
}
declare module '*&hd=3' {
  const url: string
  export default url
}
declare module '*&hd=4' {
  const url: string
  export default url
}
declare module '*?hd&format=jpeg' {
  const url: string
  export default url
}
declare module '*?hd&format=jpg' {
  const url: string
  export default url
}
declare module '*?hd&format=png' {
  const url: string
  export default url
}
declare module '*?hd&format=webp' {
  const url: string
  export default url
}
declare module '*?hd&format=avif' {
  const url: string
  export default url
}
declare module '*?hd&inline' {
  const url: string
  export default url
}
declare module '*?hd&no-inline' {
  const url: string
  export default url
}
declare module '*&as=srcset' {
  /** `"<1x url> 1x, <2x url> 2x"` */
  const srcset: string
  export default srcset
}
// Where two patterns match the first one counts.
declare module '*?hd&jsx&as=img' {
  const img: HdJsxImg
  export default img
}
declare module '*&as=img&jsx' {
  const img: HdJsxImg
  export default img
}
declare module '*&as=picture&jsx' {
  const picture: HdJsxPicture
  export default picture
}
declare module '*&as=img&placeholder' {
  const img: HdImg & HdPlaceholder
  export default img
}
declare module '*&as=img&placeholder&jsx' {
  const img: HdJsxImg & HdPlaceholder
  export default img
}
declare module '*&as=meta&placeholder' {
  const meta: HdMeta & HdPlaceholder
  export default meta
}
declare module '*&as=img' {
  const img: HdImg
  export default img
}
declare module '*&as=picture' {
  const picture: HdPicture
  export default picture
}
declare module '*?hd&as=picture&format=webp' {
  const picture: HdPicture
  export default picture
}
declare module '*?hd&as=picture&format=avif' {
  const picture: HdPicture
  export default picture
}
declare module '*?hd&as=picture&format=avif;webp' {
  const picture: HdPicture
  export default picture
}
declare module '*&as=meta' {
  const meta: HdMeta
  export default meta
}
