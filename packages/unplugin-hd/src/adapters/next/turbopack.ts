import { HD_QUERY_RE } from '@unplugin-hd/core'
import { BYTES_RE, RENAMED_RE } from './bytes-request.ts'
import { REFERENCE_RE, SASS_RE, SCRIPT_RE, STYLE_RE } from './source-file.ts'
import type { LoaderOptions } from './loader-options.ts'

/** A rule of Turbopack, so that the declarations do not need Next.js. */
export interface TurbopackRule {
  condition: object
  loaders: { loader: string; options: LoaderOptions }[]
  as?: string
}

const IMAGE_RE = /\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)$/i

/** Extensions that a file may get instead of that of its source. */
const EXTENSIONS = ['jpg', 'png', 'webp', 'avif', 'gif']

/**
 * The rules for Turbopack. It takes no files but the project's own, so an image passes our loader twice: `a.jpg?hd` becomes a module that
 * imports `a.jpg?hd-bytes=…`, and that becomes the enlarged image, which Next.js names, emits and serves as every other. Stylesheets and scripts with references pass it
 * once.
 * @param loader absolute path
 */
export function turbopackRules(loader: string, options: LoaderOptions): TurbopackRule[] {
  const loaders = [{ loader, options }]
  return [
    { condition: image({ query: HD_QUERY_RE }), loaders, as: '*.js' },
    { condition: image({ query: BYTES_RE }, { not: { query: RENAMED_RE } }), loaders },
    ...EXTENSIONS.map((extension) => ({
      condition: image({ query: BYTES_RE }, { query: new RegExp(`&to=${extension}$`) }),
      loaders,
      as: `*.${extension}`,
    })),
    // Without `as` they stay what they are, such as modules of CSS.
    ...[STYLE_RE, SCRIPT_RE].map((file) => ({ condition: { all: [{ path: file }, { content: REFERENCE_RE }] }, loaders })),
    // All of them, because of their partials.
    { condition: { all: [{ path: SASS_RE }, { not: 'foreign' }] }, loaders },
  ]
}

function image(...conditions: object[]): object {
  return { all: [{ path: IMAGE_RE }, ...conditions] }
}
