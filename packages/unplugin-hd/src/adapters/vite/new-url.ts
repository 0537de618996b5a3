import { existsSync } from 'node:fs'
import path from 'node:path'
import { HD_QUERY_RE } from '@unplugin-hd/core'
import MagicString from 'magic-string'
import type { Rollup } from 'vite'
import { stripLiteral } from 'strip-literal'
import type { ResolveContext } from '../resolve.ts'
import { inPublicDir, relativeUrl, toSpecifier } from './paths.ts'
import { pictureAt } from './picture.ts'
import { cleanId, displayPath, lineAt, requestAt, type Place } from './place.ts'
import type { Project } from './project.ts'

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
  const { config } = project
  const module = cleanId(id)
  const edits = new MagicString(code)
  for (const { indices } of scriptOf(code, id).matchAll(NEW_URL_RE)) {
    const [start, end] = indices![1]!
    if (IGNORE_RE.test(code.slice(indices![0]![0], start))) continue
    const literal = code.slice(start, end)
    const place: Place = { where: `${displayPath(config.root, id)}:${lineAt(code, start)}`, what: 'new URL()', shapes: ['url'] }
    const reference = literal.slice(1, -1)
    if (literal.startsWith('`') && reference.includes('${')) {
      const query = /\?[^?}]*$/.exec(reference)?.[0]
      if (query && HD_QUERY_RE.test(query)) requestAt(place, query)
      continue
    }
    if (!HD_QUERY_RE.test(reference)) continue
    const file = await fileOf(reference.split('?', 1)[0]!, module, id, context, project)
    const picture = file === undefined ? undefined : await pictureAt(project, () => place, file, reference)
    if (!picture) continue
    onSource(file!)
    edits.update(start, end, JSON.stringify(relativeUrl(module, picture.files[0]!)))
  }
  return edits.hasChanged() ? { code: edits.toString(), map: edits.generateMap({ hires: 'boundary' }) } : null
}

/** Relative to the module, with or without `./`, else as an import is resolved. */
async function fileOf(
  specifier: string,
  module: string,
  id: string,
  context: ResolveContext,
  { config }: Project,
): Promise<string | undefined> {
  const relative = toSpecifier(path.resolve(path.dirname(module), specifier))
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
