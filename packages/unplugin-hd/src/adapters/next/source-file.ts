import { createHash } from 'node:crypto'
import path from 'node:path'
import { parseRequest, type HdRequest } from '@unplugin-hd/core'
import { lineAt } from '../../line-number.ts'
import { toBundlerError } from '../../session/bundler-error.ts'
import { displayPath } from '../../session/origin.ts'
import type { Session } from '../../session/session.ts'
import { scanFile } from '../../references/scan.ts'
import { findUnprocessed, unprocessedMessage } from '../../unprocessed/find.ts'
import { followStyles } from '../../unprocessed/styles.ts'
import { asUrl, valueMessage } from '../url-place.ts'
import { outputExtension } from '../webpack/request.ts'
import { bytesSpecifier } from './bytes-request.ts'
import { readScript } from './script.ts'
import { rewriteStyle } from './style.ts'

export const STYLE_RE: RegExp = /\.css$/
export const SASS_RE: RegExp = /\.s[ac]ss$/
export const SCRIPT_RE: RegExp = /\.(?:[cm]?[jt]sx?|mdx?)$/

/** Text that may have a reference with `?hd`, or with a query that looks like a mistyped one. */
export const REFERENCE_RE: RegExp = /\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)\?(?:[^\s"'`()]*&)?(?:@?[2-9]x|[Hh][Dd](?!-bytes))/i

/**
 * What Turbopack compiles of a stylesheet or a script: one whose URLs name the bytes of images. Warns of references in other places.
 * @param file absolute path
 * @throws Error with `HD_QUERY`
 */
export async function loadSource(session: Session, file: string, code: string): Promise<string> {
  const { options } = session.hd
  const { root } = options
  const place = displayPath(root, file)
  const at = (index: number): string => `${place}:${lineAt(code, index)}`

  const toSpecifier = (reference: string, index: number): string => {
    const where = at(index)
    const { file: specifier, request: asked } = parse(reference, where)
    const request = asUrl(asked)
    if (request !== asked) session.warn(valueMessage(reference, asked.as, where))
    return bytesSpecifier(specifier, request, { index: 0, extension: outputExtension(path.extname(specifier), request, options) })
  }

  if (STYLE_RE.test(file))
    return rewriteStyle(code, toSpecifier, `hd-${createHash('sha256').update(place).digest('hex').slice(0, 8)}`)
  const { code: rewritten, unprocessed, mistaken } = readScript(code, file, toSpecifier)
  for (const { reference, line } of unprocessed) session.warn(unprocessedMessage(reference, `${place}:${line}`))
  for (const { reference, line } of mistaken)
    await session.checkMistaken(reference, { reference, where: () => ({ text: `${place}:${line}`, file, line, column: 0 }) })
  return rewritten
}

/**
 * Warns of references in a Sass file and in the partials that it loads, which no loader sees: after Sass, Next.js drops the query of every
 * `url()` in Turbopack.
 */
export async function warnOfSass(session: Session, file: string): Promise<void> {
  const { root } = session.hd.options
  for (const each of [file, ...(await followStyles([file]))]) {
    for (const { reference, lines } of (await scanFile(each)).filter((found) => findUnprocessed(found.reference).length > 0)) {
      session.warn(
        `'${reference}' in ${displayPath(root, each)}:${lines[0]} is shipped at 1x, because Turbopack drops queries in Sass. ` +
          'Write it in a CSS file, or build with webpack',
      )
    }
  }
}

/** @throws Error with `HD_QUERY` and the place */
function parse(reference: string, where: string): { file: string; request: HdRequest } {
  try {
    return parseRequest(reference)!
  } catch (error) {
    throw toBundlerError(error, { text: where }, reference)
  }
}
