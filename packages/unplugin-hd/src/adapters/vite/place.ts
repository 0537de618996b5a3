import { HdError, isHdError, parseRequest, SHAPES, type HdRequest } from '@unplugin-hd/core'
import { toBundlerError } from '../../session/bundler-error.ts'
import { displayPath, findWritten, type Origin } from '../../session/origin.ts'

export { lineAt } from '../../line-number.ts'
export { cleanId, displayPath } from '../../session/origin.ts'

/** The place of a reference with `?hd` outside of JavaScript imports. */
export interface Place {
  /** `src/style.css:3`, relative to the root. */
  where: string
  /** For messages: `CSS`, `<img src>`. */
  what: string
  /** The shapes that can be written there. */
  shapes: readonly HdRequest['as'][]
}

/** The place of a text in a file: `src/style.css:3`, without the line when the text is not found. */
export async function whereIs(root: string, id: string, text: string): Promise<string> {
  return (await findWritten(root, id, text))?.text ?? displayPath(root, id)
}

/**
 * The request of a reference in this place.
 * @throws Error with `HD_QUERY`, the file and the line when its query is wrong or its shape makes no sense there
 */
export function requestAt({ where, what, shapes }: Place, reference: string): HdRequest {
  try {
    const { request } = parseRequest(reference)!
    if (!shapes.includes(request.as))
      refuseAt(where, reference, `'as=${request.as}' makes no sense in ${what}`, remedyFor(shapes))
    if (request.jsx) refuseAt(where, reference, `'jsx' makes no sense in ${what}`, 'Leave it out: it is for what JSX imports')
    if (request.placeholder) {
      refuseAt(where, reference, `'placeholder' makes no sense in ${what}`, 'Import it in JavaScript, and use its value')
    }
    if (request.widths && what === 'CSS' && request.as === 'srcset') {
      refuseAt(where, reference, `an image-set() has no widths, so 'w' makes no sense in CSS with 'as=srcset'`, `Leave 'w' out`)
    }
    return request
  } catch (error) {
    if (!isHdError(error) || error.file === where) throw toBundlerError(error)
    // The place says which of many references it is; the name of the image does not.
    throw toBundlerError(error, { text: where }, reference)
  }
}

/** The place as an origin, for errors about the image. */
export function originAt({ where }: Place, reference: string): Origin {
  return { reference, place: where, where: () => ({ text: where }) }
}

/** @throws Error with `HD_QUERY`, the file and the line */
export function refuseAt(where: string, reference: string, what: string, remedy: string): never {
  throw toBundlerError(new HdError('HD_QUERY', `'${reference}': ${what}`, { file: where, remedy }))
}

function remedyFor(shapes: readonly HdRequest['as'][]): string {
  const allowed = SHAPES.filter((shape) => shape !== 'url' && shapes.includes(shape)).map((shape) => `'as=${shape}'`)
  return `Write '?hd' alone${allowed.length > 0 ? `, or with ${allowed.join(' or ')}` : ''}; every shape can be imported in JavaScript`
}
