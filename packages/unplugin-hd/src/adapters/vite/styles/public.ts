import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Rollup } from 'vite'
import { followStyles } from '../../../unprocessed/styles.ts'
import { refuseInImageSet, toImageSet } from './image-sets.ts'
import { publicFile, toSpecifier } from '../paths.ts'
import { imageAt } from '../assets/image.ts'
import { cleanId, whereIs } from '../place.ts'
import type { Project } from '../project.ts'
import type { StyleUrls } from './style-urls.ts'

/** A reference to a public file, behind what opens a `url()` or a string. */
const REFERENCE_RE = /(?<=["'(]\s*)\/(?!\/)[^"'()\s\\]*\?[^"'()\s\\]*(?=\s*["')])/g

/** What compiled CSS may hold of one. */
const LEFT_RE = /__VITE_PUBLIC_ASSET__|[?&]hd/

/**
 * Vite gives public files their address before any resolver is asked. So in a stylesheet that passes the plugins they are
 * named by their path, which is resolved as any other.
 */
export function namePublicFiles(code: string, { config, session }: Project): string {
  return code.replace(REFERENCE_RE, (reference) => {
    const file = fileOf(reference, config.publicDir)
    if (file === undefined || !session.shouldTransform(file + queryOf(reference))) return reference
    return encodeURI(file) + queryOf(reference)
  })
}

/**
 * The same for what a stylesheet imports, which passes no plugin: there the address is replaced when all is compiled. Where a
 * Vite should write it in a third way, it stays, and is warned of.
 * @param id of the stylesheet
 */
export async function replacePublicFiles(
  project: Project,
  urls: StyleUrls,
  context: Pick<Rollup.PluginContext, 'load'>,
  code: string,
  id: string,
  onSource: (file: string) => void,
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
      const image = await imageAt(project, () => ({ where, what: 'CSS', shapes: ['url', 'srcset'] }), file, reference)
      if (!image) continue
      onSource(file)
      const all = await urls.urlsFor(context, image.files)
      replaced = replaced.replace(writtenRE(decodeURI(reference), config.base), (_, __, index: number) => {
        if (all.length > 1) refuseInImageSet(code, index, where, reference)
        return toImageSet(all, image.shape.parts)
      })
    }
  }
  return replaced
}

/** How Vite writes a `url()` of a public file: by a hash of its address, or, Vite 7 with a plain base, the address itself. */
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
  return file && toSpecifier(file)
}

function queryOf(reference: string): string {
  return reference.slice(reference.indexOf('?'))
}
