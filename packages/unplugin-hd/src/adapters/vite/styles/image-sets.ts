import { createHash } from 'node:crypto'
import type { Rollup } from 'vite'
import { hookLeftOut } from '../../bundler-version.ts'
import type { Part } from '../../../shape/shape.ts'
import { refuseAt } from '../place.ts'
import { toSpecifier } from '../paths.ts'
import type { StagedFiles } from '../assets/staged-files.ts'
import type { StyleUrls } from './style-urls.ts'

/** A `url()` with `as=srcset`. */
export interface ImageSet {
  /** The file of each part. */
  files: readonly string[]
  parts: readonly Pick<Part, 'scale'>[]
  /** Where it stands, for messages. */
  where: string
  reference: string
}

/** What a marker file begins with: twelve bytes, so that base64 writes them as the same sixteen letters whatever follows. */
const MARK = 'unplugin-hd:'
const MARKER_RE = new RegExp(
  `url\\(\\s*(["']?)data:[^,"'()]*,${Buffer.from(MARK).toString('base64')}([\\w+/]+={0,2})\\1\\s*\\)`,
  'g',
)

/**
 * Vite replaces the inside of a `url()` and can be given one file for it, but `as=srcset` needs two. So it is given a small
 * file with a mark to inline, and when the stylesheet is complete, the data URL is replaced by an `image-set()`.
 */
export interface ImageSets {
  /** What Vite is to resolve the reference to. */
  markerFor(staged: StagedFiles, set: ImageSet): Promise<string>
  /** Code with an `image-set()` for every marker. @throws Error with `HD_QUERY` for one within an `image-set()` */
  complete(context: Pick<Rollup.PluginContext, 'load'>, code: string): Promise<string>
  /** @throws Error with `HD_BUNDLER` when a marker is left in the text of an output: the stylesheet was never completed */
  refuseLeft(text: () => string): void
}

export function createImageSets(urls: StyleUrls): ImageSets {
  const sets = new Map<string, ImageSet>()
  return {
    async markerFor(staged, set) {
      const key = createHash('sha256').update(set.files.join('\n')).digest('hex')
      sets.set(key, set)
      return `${toSpecifier(await staged.file({ key, bytes: Buffer.from(MARK + key) }, 'image-set.txt'))}?inline`
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
    refuseLeft(text) {
      if (sets.size > 0 && text().search(MARKER_RE) >= 0) throw hookLeftOut("'transform' of 'unplugin-hd:styles'")
    },
  }
}

/** @param urls the `url()` of each part. @returns one that stands alone as it is */
export function toImageSet(urls: readonly string[], parts: readonly Pick<Part, 'scale'>[]): string {
  if (urls.length === 1) return urls[0]!
  return `image-set(${urls.map((url, index) => `${url} ${parts[index]!.scale}x`).join(', ')})`
}

/** @throws Error with `HD_QUERY` when the position is within an `image-set()` */
export function refuseInImageSet(code: string, position: number, where: string, reference: string): void {
  if (!isInImageSet(code, position)) return
  refuseAt(where, reference, `'as=srcset' is an image-set() itself and cannot stand in one`, `Write '?hd' alone`)
}

/** Whether an `image-set(` before the position is still open there. */
export function isInImageSet(code: string, position: number): boolean {
  const start = code.lastIndexOf('image-set(', position)
  if (start < 0) return false
  let depth = 0
  for (const [bracket] of code.slice(start, position).matchAll(/[()]/g)) depth += bracket === '(' ? 1 : -1
  return depth > 0
}

function decode(payload: string): string {
  return Buffer.from(payload, 'base64').toString()
}
