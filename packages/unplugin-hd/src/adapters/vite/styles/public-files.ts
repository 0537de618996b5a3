import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { normalizePath } from 'unplugin-utils'
import type { Rollup } from 'vite'
import { followStyles } from '../../../unprocessed/styles.ts'
import { makeReferencedImage } from '../assets/referenced-image.ts'
import { publicFile } from '../paths.ts'
import { cleanId, whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'
import { refuseInImageSet, toImageSet } from './image-sets.ts'
import type { StyleUrls } from './style-urls.ts'

/** A reference that may name a public file, after the start of a `url()` or a string. */
const REFERENCE_RE = /(?<=["'(]\s*)\/(?!\/)[^"'()\s\\]*\?[^"'()\s\\]*(?=\s*["')])/g

/** The traces of such references in compiled CSS. The placeholder is an internal of Vite. */
const LEFT_RE = /__VITE_PUBLIC_ASSET__|[?&]hd/

/**
 * Names public files by their paths, which the alias resolves as any other. Vite would give `/a.jpg` its address without asking
 * an alias.
 * @param code source of a stylesheet
 */
export function resolvePublicUrls(code: string, { config, session }: Project): string {
  return code.replace(REFERENCE_RE, (reference) => {
    const file = fileOf(reference, config.publicDir)
    if (file === undefined || !session.shouldTransform(file + queryOf(reference))) return reference
    return encodeURI(file) + queryOf(reference)
  })
}

/**
 * Replaces the URLs of public files that come from imported stylesheets, whose source no plugin sees: their addresses are looked
 * for in the compiled CSS. An address that this Vite writes in an unknown way stays and causes the warning for unprocessed ones.
 * @param code compiled CSS
 * @param id of the stylesheet that imports the others
 * @param onImage called with the file of every image that is used
 */
export async function replacePublicUrls(
  project: Project,
  urls: StyleUrls,
  context: Pick<Rollup.PluginContext, 'load'>,
  code: string,
  id: string,
  onImage: (file: string) => void,
): Promise<string> {
  if (!LEFT_RE.test(code)) return code
  const { config } = project
  let replaced = code
  for (const style of await followStyles([cleanId(id)])) {
    const text = await readFile(style, 'utf8')
    for (const reference of new Set(text.match(REFERENCE_RE))) {
      const file = fileOf(reference, config.publicDir)
      if (file === undefined) continue
      const where = await whereIs(config.root, style, reference)
      const place: Place = { where, what: 'CSS', shapes: ['url', 'srcset'] }
      const image = await makeReferencedImage(project, place, file, reference)
      if (!image) continue
      onImage(file)
      const all = await urls.urlsFor(context, image.files)
      replaced = replaced.replace(writtenRE(decodeURI(reference), config.base), (_, __, index: number) => {
        if (all.length > 1) refuseInImageSet(code, index, where, reference)
        return toImageSet(all, image.shape.parts)
      })
    }
  }
  return replaced
}

/**
 * The `url()` of a public file in compiled CSS. Vite writes the placeholder `__VITE_PUBLIC_ASSET__` with a hash of the address,
 * or, with a plain base in Vite 7, the address itself.
 */
function writtenRE(address: string, base: string): RegExp {
  const hash = createHash('sha256').update(address).digest('hex').slice(0, 8)
  const plain = (base.endsWith('/') ? base.slice(0, -1) : base) + address
  return new RegExp(
    `url\\(\\s*(["']?)(?:__VITE_PUBLIC_ASSET__${hash}__|${plain.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&')})\\1\\s*\\)`,
    'g',
  )
}

function fileOf(reference: string, publicDir: string): string | undefined {
  const file = publicFile(decodeURI(reference.split('?', 1)[0]!), publicDir)
  return file && normalizePath(file)
}

function queryOf(reference: string): string {
  return reference.slice(reference.indexOf('?'))
}
