import { formatError, isHdError, visible, withDocs, type HdError } from '@unplugin-hd/core'
import type { Origin, Written } from './origin.ts'

/**
 * Converts an HdError to the error that bundlers print: `src/App.tsx:3: './a.jpg?hd&w=800': what is wrong. What to do (HD_QUERY)` in one
 * line, below it the address of its documentation, and no stack, because our frames do not help users. With `DEBUG=unplugin-hd` it keeps the stack and the cause. Other errors
 * are bugs and are returned unchanged.
 */
export function toBundlerError(error: unknown, written?: Written, reference?: string): unknown {
  if (!isHdError(error)) return error
  return withoutStack(error, describe(error, written, reference), written)
}

/** An error for bundlers with this text, and the address of the documentation of `error`. */
export function withoutStack(error: HdError, text: string, written: Written = { text: '' }): Error {
  const { file: id, line, column } = written
  const isDebug = process.env['DEBUG']?.split(/[\s,]+/).includes('unplugin-hd') === true
  const told = Object.assign(new Error(withDocs(text, error), isDebug ? { cause: error } : undefined), {
    code: error.code,
    file: error.file,
    // The properties in which Rollup and Vite expect the place of an error.
    ...(id !== undefined && { id }),
    ...(id !== undefined && line !== undefined && { loc: { file: id, line, column } }),
  })
  // Bundlers print the message, and some also the stack below it.
  if (!isDebug) told.stack = ''
  return told
}

/** Runs `work`; its errors are converted by {@link toBundlerError}. */
export async function tellingBundlers<T>(origin: Origin | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isHdError(error)) throw error
    throw toBundlerError(error, await origin?.where(), origin?.reference)
  }
}

function describe(error: HdError, written: Written | undefined, reference: string | undefined): string {
  const { file } = error
  if (reference === undefined || written === undefined || file === written.text) return formatError(error)
  // For example a model, or the target of an alias.
  const isOther = file !== undefined && file.split('/').at(-1) !== decode(reference.split('?', 1)[0]!).split('/').at(-1)
  return `${visible(`${written.text}: '${reference}'`)}: ${formatError(error, isOther ? file : null)}`
}

function decode(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}
