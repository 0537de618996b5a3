import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import MagicString from 'magic-string'
import { stripLiteral } from 'strip-literal'
import { normalizePath } from 'unplugin-utils'
import type { Rollup } from 'vite'
import type { ResolveContext } from '../../resolve.ts'
import { makeReferencedImage } from '../assets/referenced-image.ts'
import { inPublicDir, relativeUrl } from '../paths.ts'
import { cleanId, displayPath, lineAt, requestAt, whereIs, type Place } from '../place.ts'
import type { Project } from '../project.ts'

/** A quick check: false for code without `new URL()` and `?hd`. */
export function mayHaveNewUrl(code: string): boolean {
  return code.includes('import.meta.url') && /\bnew\s+URL\b/.test(code)
}

/** Components, in which only the content of script tags is JavaScript. */
const COMPONENT_RE = /\.(?:vue|svelte)$/
const SCRIPT_RE = /(<script\b[^>]*>)([^]*?)<\/script>/gi

/** Vite ignores a `new URL()` with this comment. */
const IGNORE_RE = /\/\*\s*@vite-ignore\s*\*\//

/** The same calls that Vite finds, in code without comments and contents of strings. */
const NEW_URL_RE = /\bnew\s+URL\s*\(\s*('[^']*'|"[^"]*"|`[^`]*`)\s*,\s*import\.meta\.url\s*(?:,\s*)?\)/dg

/** A `new URL()` with `?hd`. */
interface NewUrl {
  /** As it is written, with its query. */
  reference: string
  /** It is a template literal with expressions. */
  isTemplate: boolean
  /** Position of the literal, with its quotes. */
  start: number
  end: number
}

function* findNewUrls(code: string, id: string): Generator<NewUrl> {
  for (const { indices } of stripLiterals(code, id).matchAll(NEW_URL_RE)) {
    const [start, end] = indices![1]!
    if (IGNORE_RE.test(code.slice(indices![0]![0], start))) continue
    const literal = code.slice(start, end)
    const reference = literal.slice(1, -1)
    const isTemplate = literal.startsWith('`') && reference.includes('${')
    const query = isTemplate ? /\?[^?}]*$/.exec(reference)?.[0] : reference
    if (query && HD_QUERY_RE.test(query)) yield { reference, isTemplate, start, end }
  }
}

/** The images that a module names by `new URL()`, without those in template literals. */
export async function findImagesOfNewUrls(
  project: Project,
  context: ResolveContext,
  code: string,
  id: string,
): Promise<string[]> {
  const references = [...findNewUrls(code, id)].filter(({ isTemplate }) => !isTemplate)
  const files = await Promise.all(references.map(({ reference }) => fileOf(reference, id, context, project)))
  return files.filter((file) => file !== undefined)
}

/**
 * Replaces the URL in `new URL('./a.jpg?hd', import.meta.url)` by the path of the enlarged image, which Vite then treats as an asset.
 * Vite calls no plugin for these URLs. It turns a template literal into an `import.meta.glob()`, whose imports are resolved as any
 * other; of these only the query is checked.
 * @param id of the module
 * @param onImage called with the file of every image that is used
 * @throws Error with `HD_QUERY`, the file and the line
 */
export async function transformNewUrls(
  project: Project,
  context: ResolveContext,
  code: string,
  id: string,
  onImage: (file: string) => void,
): Promise<Rollup.TransformResult> {
  const module = cleanId(id)
  const edits = new MagicString(code)
  for (const url of findNewUrls(code, id)) {
    const { reference, isTemplate, start, end } = url
    const place: Place = { where: await placeOf(project, code, id, url), what: 'new URL()', shapes: ['url'] }
    if (isTemplate) {
      requestAt(place, reference.slice(reference.lastIndexOf('?')))
      continue
    }
    const file = await fileOf(reference, id, context, project)
    if (file === undefined) continue
    const image = await makeReferencedImage(project, place, file, reference)
    if (!image) continue
    onImage(file)
    edits.update(start, end, JSON.stringify(relativeUrl(module, image.files[0]!)))
  }
  return edits.hasChanged() ? { code: edits.toString(), map: edits.generateMap({ hires: 'boundary' }) } : null
}

/** An inline script of a page is a module with other line numbers than the page. */
async function placeOf({ config }: Project, code: string, id: string, { start, end }: NewUrl): Promise<string> {
  if (/[?&]html-proxy\b/.test(id)) return whereIs(config.root, id, code.slice(start, end))
  return `${displayPath(config.root, id)}:${lineAt(code, start)}`
}

/** The file that a URL means: relative to the module, with or without `./`, or resolved like an import. */
async function fileOf(reference: string, id: string, context: ResolveContext, { config }: Project): Promise<string | undefined> {
  const specifier = reference.split('?', 1)[0]!
  const relative = normalizePath(path.resolve(path.dirname(cleanId(id)), specifier))
  if (specifier.startsWith('.')) return existsSync(relative) ? relative : undefined
  const resolved = await context.resolve(specifier, id, { skipSelf: true })
  const file = resolved && !resolved.external ? inPublicDir(cleanId(resolved.id), config.publicDir) : relative
  return existsSync(file) ? file : undefined
}

/** The code with blanks for comments and contents of strings; of a component only its scripts, at their positions. */
function stripLiterals(code: string, id: string): string {
  if (!COMPONENT_RE.test(id)) return stripLiteral(code)
  let script = ''
  for (const { 1: tag, 2: content, index } of code.matchAll(SCRIPT_RE)) {
    script = script.padEnd(index + tag!.length) + stripLiteral(content!)
  }
  return script
}
