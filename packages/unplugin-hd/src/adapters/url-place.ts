import type { HdRequest } from '@unplugin-hd/core'

/** The request for places that accept only one URL; unchanged if it already requests a URL. */
export function asUrl(request: HdRequest): HdRequest {
  if (request.as === 'url') return request
  const { jsx: _, widths: __, placeholder: ___, rest: ____, ...common } = request
  return { ...common, as: 'url', formats: request.formats.slice(0, 1) }
}

/** The warning for a request that {@link asUrl} changed. @param where the file with the reference, relative to the root */
export function valueMessage(request: string, as: string, where: string): string {
  return `'${request}' in ${where}: 'as=${as}' gives a value, but only a URL fits there, so it is the URL of the 2x image`
}
