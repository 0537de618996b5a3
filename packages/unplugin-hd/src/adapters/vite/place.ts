import { HdError, isHdError, parseRequest, SHAPES, type HdRequest } from '@unplugin-hd/core'
import { toBundlerError } from '../../session/bundler-error.ts'
import { displayPath, findWritten, type Origin } from '../../session/origin.ts'

export { cleanId, displayPath, lineAt } from '../../session/origin.ts'

/** Where a `?hd` stands that is no import of a module. */
export interface Place {
  /** `src/style.css:3`, relative to the root. */
  where: string
  /** What it is, for messages: `url() in CSS`. */
  what: string
  /** The shapes that make sense there. */
  shapes: readonly HdRequest['as'][]
}

/** `src/style.css:3` for a text in a file; without the line where the text is not to be found. */
export async function whereIs(root: string, id: string, text: string): Promise<string> {
  return (await findWritten(root, id, text))?.text ?? displayPath(root, id)
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
    if (request.jsx) refuseAt(where, reference, `'jsx' makes no sense in ${what}`, 'Leave it out: it is for what JSX imports')
    return request
  } catch (error) {
    if (!isHdError(error) || error.file === where) throw toBundlerError(error)
    // The same fault, told with the place: the image's own name does not say which of many references it is.
    throw toBundlerError(error, { text: where }, reference)
  }
}

/** The same, for what makes images. */
export function originAt({ where }: Place, reference: string): Origin {
  return { reference, where: () => ({ text: where }) }
}

/** @throws Error with `HD_QUERY`, the file and the line */
export function refuseAt(where: string, reference: string, what: string, remedy: string): never {
  throw toBundlerError(new HdError('HD_QUERY', `'${reference}': ${what}`, { file: where, remedy }))
}

function remedyFor(shapes: readonly HdRequest['as'][]): string {
  const allowed = SHAPES.filter((shape) => shape !== 'url' && shapes.includes(shape)).map((shape) => `'as=${shape}'`)
  return `Write '?hd' alone${allowed.length > 0 ? `, or with ${allowed.join(' or ')}` : ''}; every shape can be imported in JavaScript`
}
