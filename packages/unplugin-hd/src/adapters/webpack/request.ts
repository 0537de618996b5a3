import path from 'node:path'
import { FORMAT_FACTS, isOutputFormat, toQuery, type HdRequest, type ResolvedOptions } from '@unplugin-hd/core'
import { factorMark, widthMark } from '../../shape/part.ts'
import type { Asked } from '../load.ts'
import type { EmittedFile } from '../port.ts'

/**
 * Files for the compiler get a private extension (`hero@2x.hd-jpg`), so that the user's rules for images do not match them; our
 * rules give them the real one. Those that must be inlined end in `-inline`, those that must not in `-file`.
 */
export const EXTENSIONS: readonly string[] = [...Object.values(FORMAT_FACTS).map(({ extension }) => extension), 'gif', 'tiff']

/** Extension of modules whose default export is made of several URLs. */
const VALUE_EXTENSION = '.hd.mjs'

/** The `matchResource` of those modules. */
export const VALUE_RE: RegExp = /\.hd\.mjs$/

/** Matches the `matchResource` of all modules of the plugin. */
export const OWN_RE: RegExp = /\.hd(?:\.mjs|-[a-z]+(?:-file|-inline)?)$/

/** A module gives a file, a value made of the URLs of files, or a framework's image object. */
export type Given = 'file' | 'value' | 'image'

/** The path of the loader, and its options. */
export interface LoaderReference {
  /** Absolute path of the built loader. */
  loader: string
  /** From `optionsKey`: changed options are another request, so that caches notice. */
  key: string
  /** Whether the import gives a framework's image object instead of the URL. */
  isImage?: boolean
}

/**
 * The request that stands for `file?hd…`: `<matchResource>!=!-!<loader>!<file>`. `-!` keeps the user's loaders off, but not
 * our rules (`!!` would).
 * @param file as it was imported, resolved by the bundler as always
 * @param directory of the file: `[path]` in naming options comes from it
 */
export function hdModuleRequest(
  file: string,
  request: HdRequest,
  directory: string,
  options: ResolvedOptions,
  { loader, key }: LoaderReference,
  gives: Given,
): string {
  const { name, ext } = path.parse(file)
  const [width] = request.widths ?? []
  const mark = options.mode === 'off' ? '' : width ? widthMark(width) : factorMark(request.factor)
  const matched =
    gives === 'file'
      ? `${name}${mark}.hd-${outputExtension(ext, request, options)}${deliverySuffix(request)}`
      : `${name}${VALUE_EXTENSION}`
  return `${path.join(directory, matched)}!=!-!${loader}?key=${key}&gives=${gives}!${file}${toQuery(request)}`
}

/** The request for one file of an import. @param asked the request of the importing module */
export function partRequest({ file, request }: Asked, { part, index }: EmittedFile, { loader, key }: LoaderReference): string {
  const { dir } = path.parse(file)
  const { name } = path.parse(part.name)
  const matched = path.join(dir, `${name}.hd-${part.asset.extension}${deliverySuffix(request)}`)
  return `${matched}!=!-!${loader}?key=${key}&part=${index}!${file}${toQuery(request)}`
}

function deliverySuffix({ delivery }: HdRequest): string {
  return { auto: '', inline: '-inline', file: '-file' }[delivery]
}

/**
 * webpack names a file before it is read, so the extension comes from the request, the options or the file's name.
 * @param ext with the dot
 */
export function outputExtension(ext: string, request: HdRequest, { mode, format }: ResolvedOptions): string {
  const named = ext
    .slice(1)
    .toLowerCase()
    .replace(/^(?:jpg|jfif|pjpeg|pjp)$/, 'jpeg')
    .replace(/^tif$/, 'tiff')
  const asked = mode === 'off' ? undefined : (request.formats[0] ?? format)
  if (asked) return FORMAT_FACTS[asked].extension
  if (isOutputFormat(named)) return FORMAT_FACTS[named].extension
  return mode === 'off' && EXTENSIONS.includes(named) ? named : 'png'
}
