import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import MagicString from 'magic-string'
import type { Rollup } from 'vite'
import { stripLiteral } from 'strip-literal'
import type { ResolveContext } from '../../resolve.ts'
import { inPublicDir, relativeUrl, toSpecifier } from '../paths.ts'
import { imageAt } from '../assets/image.ts'
import { cleanId, displayPath, lineAt, requestAt, whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'

/** False for code without a `new URL()` that could be for us. */
export function mayHaveNewUrl(code: string): boolean {
  return code.includes('import.meta.url') && /\bnew\s+URL\b/.test(code)
}

/** In files of these the scripts stand between other text, which cannot be read as a script. */
const COMPONENT_RE = /\.(?:vue|svelte)$/
const SCRIPT_RE = /(<script\b[^>]*>)([^]*?)<\/script>/gi

/** Vite leaves these as they are. */
const IGNORE_RE = /\/\*\s*@vite-ignore\s*\*\//

/** As Vite finds them, in code whose strings and comments are blanked. */
const NEW_URL_RE = /\bnew\s+URL\s*\(\s*('[^']*'|"[^"]*"|`[^`]*`)\s*,\s*import\.meta\.url\s*(?:,\s*)?\)/dg

/** One reference with `?hd` in a `new URL()`. */
interface NewUrl {
  /** As it is written, with its query. */
  reference: string
  /** It has parts that are known when the module runs. */
  isTemplate: boolean
  /** Of the literal, with its quotes. */
  start: number
  end: number
}

function* newUrlsOf(code: string, id: string): Generator<NewUrl> {
  for (const { indices } of scriptOf(code, id).matchAll(NEW_URL_RE)) {
    const [start, end] = indices![1]!
    if (IGNORE_RE.test(code.slice(indices![0]![0], start))) continue
    const literal = code.slice(start, end)
    const reference = literal.slice(1, -1)
    const isTemplate = literal.startsWith('`') && reference.includes('${')
    const query = isTemplate ? /\?[^?}]*$/.exec(reference)?.[0] : reference
    if (query && HD_QUERY_RE.test(query)) yield { reference, isTemplate, start, end }
  }
}

/** The files of images with `?hd` in the `new URL()` of a module, as far as they are known before it runs. */
export async function sourcesOfNewUrls(project: Project, context: ResolveContext, code: string, id: string): Promise<string[]> {
  const references = [...newUrlsOf(code, id)].filter(({ isTemplate }) => !isTemplate)
  const files = await Promise.all(references.map(({ reference }) => fileOf(reference, id, context, project)))
  return files.filter((file) => file !== undefined)
}

/**
 * A module whose `new URL('./a.jpg?hd', import.meta.url)` names the 2x by its path; Vite then treats it as the asset it is.
 * It looks for these where no plugin is asked. With a template it makes an `import.meta.glob` of it, whose imports are
 * resolved as all are: there only the shape is checked.
 * @param id of the module
 */
export async function transformNewUrl(
  project: Project,
  context: ResolveContext,
  code: string,
  id: string,
  onSource: (file: string) => void,
): Promise<Rollup.TransformResult> {
  const module = cleanId(id)
  const edits = new MagicString(code)
  for (const url of newUrlsOf(code, id)) {
    const { reference, isTemplate, start, end } = url
    const place: Place = { where: await placeOf(project, code, id, url), what: 'new URL()', shapes: ['url'] }
    if (isTemplate) {
      requestAt(place, reference.slice(reference.lastIndexOf('?')))
      continue
    }
    const file = await fileOf(reference, id, context, project)
    const image = file === undefined ? undefined : await imageAt(project, () => place, file, reference)
    if (!image) continue
    onSource(file!)
    edits.update(start, end, JSON.stringify(relativeUrl(module, image.files[0]!)))
  }
  return edits.hasChanged() ? { code: edits.toString(), map: edits.generateMap({ hires: 'boundary' }) } : null
}

/** A script of a page is a module of its own, whose lines are not those of the page. */
async function placeOf({ config }: Project, code: string, id: string, { start, end }: NewUrl): Promise<string> {
  if (/[?&]html-proxy\b/.test(id)) return whereIs(config.root, id, code.slice(start, end))
  return `${displayPath(config.root, id)}:${lineAt(code, start)}`
}

/** Relative to the module, with or without `./`, else as an import is resolved. */
async function fileOf(reference: string, id: string, context: ResolveContext, { config }: Project): Promise<string | undefined> {
  const specifier = reference.split('?', 1)[0]!
  const relative = toSpecifier(path.resolve(path.dirname(cleanId(id)), specifier))
  if (specifier.startsWith('.')) return existsSync(relative) ? relative : undefined
  const resolved = await context.resolve(specifier, id, { skipSelf: true })
  const file = resolved && !resolved.external ? inPublicDir(cleanId(resolved.id), config.publicDir) : relative
  return existsSync(file) ? file : undefined
}

/** The scripts of a file, at their positions, with blanks for comments and what stands in strings. */
function scriptOf(code: string, id: string): string {
  if (!COMPONENT_RE.test(id)) return stripLiteral(code)
  let script = ''
  for (const { 1: tag, 2: content, index } of code.matchAll(SCRIPT_RE)) {
    script = script.padEnd(index + tag!.length) + stripLiteral(content!)
  }
  return script
}
