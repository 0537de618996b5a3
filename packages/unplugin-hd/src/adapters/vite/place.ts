import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { HdError, isHdError, parseRequest, SHAPES, type HdRequest } from '@unplugin-hd/core'
import { toBundlerError } from '../../session.ts'

/** Where a `?hd` stands that is no import of a module. */
export interface Place {
  /** `src/style.css:3`, relative to the root. */
  where: string
  /** What it is, for messages: `url() in CSS`. */
  what: string
  /** The shapes that make sense there. */
  shapes: readonly HdRequest['as'][]
}

/** Line of a position in a text, from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** `src/style.css`, with `/` on every system. @param id absolute path, also with a query */
export function displayPath(root: string, id: string): string {
  const file = cleanId(id)
  return (path.relative(root, file) || file).replaceAll('\\', '/')
}

/** The file of a module id. */
export function cleanId(id: string): string {
  return id.split('?', 1)[0]!
}

/** `src/style.css:3` for a text in a file; without the line where the text is not to be found. */
export async function whereIs(root: string, id: string, text: string): Promise<string> {
  const source = await readFile(cleanId(id), 'utf8').catch(() => '')
  const index = source.indexOf(text)
  return displayPath(root, id) + (index < 0 ? '' : `:${lineAt(source, index)}`)
}

/**
 * What a reference in this place asks for.
 * @throws Error with `HD_QUERY`, the file and the line when its query is wrong or its shape makes no sense there
 */
export function requestAt({ where, what, shapes }: Place, reference: string): HdRequest {
  try {
    const { request } = parseRequest(reference)!
    if (!shapes.includes(request.as))
      refuseAt(where, reference, `'as=${request.as}' makes no sense in ${what}`, remedyFor(shapes))
    return request
  } catch (error) {
    if (!isHdError(error) || error.file === where) throw toBundlerError(error)
    // The same fault, told with the place: the picture's own name does not say which of many references it is.
    throw toBundlerError(new HdError(error.code, `'${reference}': ${error.message}`, { file: where, cause: error }))
  }
}

/** @throws Error with `HD_QUERY`, the file and the line */
export function refuseAt(where: string, reference: string, what: string, remedy: string): never {
  throw toBundlerError(new HdError('HD_QUERY', `'${reference}': ${what}`, { file: where, remedy }))
}

function remedyFor(shapes: readonly HdRequest['as'][]): string {
  const allowed = SHAPES.filter((shape) => shape !== 'url' && shapes.includes(shape)).map((shape) => `'as=${shape}'`)
  return `Write '?hd' alone${allowed.length > 0 ? `, or with ${allowed.join(' or ')}` : ''}; every shape can be imported in JavaScript`
}
