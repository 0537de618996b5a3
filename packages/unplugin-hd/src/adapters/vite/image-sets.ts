import { createHash } from 'node:crypto'
import type { Rollup } from 'vite'
import type { Session } from '../../session.ts'
import { refuseAt } from './place.ts'
import { toSpecifier } from './paths.ts'

/** The two files of a `url()` with `as=srcset`, and where it stands. */
export interface ImageSet {
  one: string
  two: string
  where: string
  reference: string
}

/** What a marker file begins with: twelve bytes, so that base64 writes them as the same sixteen letters whatever follows. */
const MARK = 'unplugin-hd:'
/** In the code of a stylesheet that holds one. */
export const MARK_IN_CODE: string = Buffer.from(MARK).toString('base64')
const MARKER_RE = new RegExp(`url\\(\\s*(["']?)data:[^,"'()]*,${MARK_IN_CODE}([\\w+/]+={0,2})\\1\\s*\\)`, 'g')

/** Stylesheets of two rules of our own, that Vite writes the URLs into. */
const ID = '\0unplugin-hd/'
export const IMAGE_SET_ID_RE: RegExp = /^\0unplugin-hd\/[0-9a-f]{64}\.css$/
const URL_RE = /url\((?:"[^"]*"|'[^']*'|[^"')]*)\)/g

/**
 * Vite replaces the inside of a `url()` and can be given one file for it, but `as=srcset` needs two. So it is given a small
 * file with a mark to inline, and when the stylesheet is complete, the data URL is replaced by an `image-set()`. The URLs in
 * there are Vite's as well: it compiles a stylesheet of two rules for them.
 */
export interface ImageSets {
  /** What Vite is to resolve the reference to. */
  markerFor(session: Session, set: ImageSet): Promise<string>
  /** The code of a stylesheet that {@link complete} asks Vite to compile. */
  load(id: string): string | undefined
  /** Takes the result of it, with URLs as Vite writes them in CSS. */
  loaded(id: string, code: string): void
  /** Code with an `image-set()` for every marker. @throws Error with `HD_QUERY` for one within an `image-set()` */
  complete(context: Pick<Rollup.TransformPluginContext, 'load'>, code: string): Promise<string>
}

export function createImageSets(): ImageSets {
  const sets = new Map<string, ImageSet>()
  const compiled = new Map<string, string>()

  return {
    async markerFor(session, set) {
      const key = createHash('sha256').update(`${set.one}\n${set.two}`).digest('hex')
      sets.set(key, set)
      const bytes = Buffer.from(MARK + key)
      const file = await session.hd.file({ key, bytes }, 'image-set.txt')
      return `${toSpecifier(file)}?inline`
    },
    load(id) {
      const set = sets.get(id.slice(ID.length, -'.css'.length))
      return (
        set && [set.one, set.two].map((file, index) => `.u${index}{background:url(${JSON.stringify(encodeURI(file))})}`).join('')
      )
    },
    loaded: (id, code) => void compiled.set(id, code),
    async complete(context, code) {
      const found = [...code.matchAll(MARKER_RE)].map(({ 0: text, 2: payload, index }) => {
        return { text, index, key: Buffer.from(payload!, 'base64').toString() }
      })
      const values = new Map<string, string>()
      for (const { key, index } of found) {
        const { reference, where } = sets.get(key)!
        if (isInImageSet(code, index)) {
          refuseAt(where, reference, `'as=srcset' is an image-set() itself and cannot stand in one`, `Write '?hd' alone`)
        }
        const id = `${ID}${key}.css`
        if (!values.has(key)) await context.load({ id })
        const [one, two] = compiled.get(id)!.match(URL_RE)!
        values.set(key, `image-set(${one} 1x, ${two} 2x)`)
      }
      return code.replace(MARKER_RE, (_, __, payload: string) => values.get(Buffer.from(payload, 'base64').toString())!)
    },
  }
}

/** Whether an `image-set(` before the position is still open there. */
function isInImageSet(code: string, position: number): boolean {
  const start = code.lastIndexOf('image-set(', position)
  if (start < 0) return false
  let depth = 0
  for (const [bracket] of code.slice(start, position).matchAll(/[()]/g)) depth += bracket === '(' ? 1 : -1
  return depth > 0
}
