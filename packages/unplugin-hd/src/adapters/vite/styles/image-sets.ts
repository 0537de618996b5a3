import { createHash } from 'node:crypto'
import type { Rollup } from 'vite'
import { hookLeftOut } from '../../bundler-version.ts'
import { isInImageSet } from '../../in-image-set.ts'
import type { Part } from '../../../shape/part.ts'
import type { AssetFiles } from '../assets/asset-files.ts'
import { refuseAt } from '../place.ts'
import { COMPILED_PLUGIN, type StyleUrls } from './style-urls.ts'

/** A `url()` with `as=srcset`. */
export interface ImageSet {
  /** The file of each part. */
  files: readonly string[]
  parts: readonly Pick<Part, 'scale'>[]
  /** `src/style.css:3`, for messages. */
  where: string
  reference: string
}

/** The start of every marker file: twelve bytes, which base64 encodes as the same sixteen characters whatever follows. */
const MARK = 'unplugin-hd:'
const MARKER_RE = new RegExp(
  `url\\(\\s*(["']?)data:[^,"'()]*,${Buffer.from(MARK).toString('base64')}([\\w+/]+={0,2})\\1\\s*\\)`,
  'g',
)

/**
 * Vite replaces the inside of a `url()` by one file, but `as=srcset` needs several. So Vite gets a small marker file to inline,
 * and its data URL in the compiled stylesheet is replaced by an `image-set()`.
 */
export interface ImageSets {
  /** The id that Vite is to resolve the reference to. @throws HdError `HD_CACHE_IO` */
  markerFor(assets: AssetFiles, set: ImageSet): Promise<string>
  /** Replaces every marker by an `image-set()`. @throws Error with `HD_QUERY` for a marker inside an `image-set()` */
  complete(context: Pick<Rollup.PluginContext, 'load'>, code: string): Promise<string>
  /** @throws Error with `HD_BUNDLER` if an output still contains a marker */
  refuseIncomplete(text: () => string): void
}

export function createImageSets(urls: StyleUrls): ImageSets {
  const sets = new Map<string, ImageSet>()
  return {
    async markerFor(assets, set) {
      const key = createHash('sha256').update(set.files.join('\n')).digest('hex')
      sets.set(key, set)
      return `${await assets.stage({ key, bytes: Buffer.from(MARK + key) }, 'image-set.txt')}?inline`
    },
    async complete(context, code) {
      const values = new Map<string, string>()
      for (const { 2: payload, index } of code.matchAll(MARKER_RE)) {
        const { files, parts, where, reference } = sets.get(decode(payload!))!
        refuseInImageSet(code, index, where, reference)
        if (!values.has(payload!)) values.set(payload!, toImageSet(await urls.urlsFor(context, files), parts))
      }
      return values.size === 0 ? code : code.replace(MARKER_RE, (_, __, payload: string) => values.get(payload)!)
    },
    refuseIncomplete(text) {
      if (sets.size > 0 && text().search(MARKER_RE) >= 0) throw hookLeftOut(`'transform' of '${COMPILED_PLUGIN}'`)
    },
  }
}

/** An `image-set()`; of one part alone its `url()`. @param urls the `url()` of each part */
export function toImageSet(urls: readonly string[], parts: readonly Pick<Part, 'scale'>[]): string {
  if (urls.length === 1) return urls[0]!
  return `image-set(${urls.map((url, index) => `${url} ${parts[index]!.scale}x`).join(', ')})`
}

/** @throws Error with `HD_QUERY` when the position is inside an `image-set()` */
export function refuseInImageSet(code: string, position: number, where: string, reference: string): void {
  if (!isInImageSet(code, position)) return
  refuseAt(where, reference, `'as=srcset' writes an image-set() and cannot be inside one`, `Write '?hd' alone`)
}

function decode(payload: string): string {
  return Buffer.from(payload, 'base64').toString()
}
