/** Ids of stylesheets, including those in pages and components. */
export const STYLE_RE: RegExp = /\.(?:css|less|sass|scss|styl|stylus|pcss|postcss|sss)(?:$|\?)/

/** Ids of pages. */
export const PAGE_RE: RegExp = /\.html$/

/** Code that may contain an `hd` query. A hook filter: Vite 8 checks it without calling JavaScript. */
export const HD_CODE_RE: RegExp = /[?&]hd/
