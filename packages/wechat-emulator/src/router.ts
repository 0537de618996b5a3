import type { Answer, Call } from './call.ts'
import type { Endpoint } from './faults.ts'
import { mediaGet, quotaGet, ridGet } from './other-endpoints.ts'
import { superresolution } from './superresolution.ts'
import { plainToken, stableToken } from './token-endpoints.ts'

type Handler = (call: Call) => Answer | Promise<Answer>

const PATHS: Readonly<Record<string, Endpoint>> = {
  '/cgi-bin/token': 'token',
  '/cgi-bin/stable_token': 'stable_token',
  '/cv/img/superresolution': 'superresolution',
  '/cgi-bin/media/get': 'media/get',
  '/cgi-bin/openapi/quota/get': 'quota/get',
  '/cgi-bin/openapi/rid/get': 'rid/get',
}

/** The handler of each endpoint. */
export const HANDLERS: Readonly<Record<Endpoint, Handler>> = {
  token: plainToken,
  stable_token: stableToken,
  superresolution,
  'media/get': mediaGet,
  'quota/get': quotaGet,
  'rid/get': ridGet,
}

/** The endpoint at a path. Case-sensitive, as at WeChat. */
export function endpointAt(path: string): Endpoint | undefined {
  return Object.hasOwn(PATHS, path) ? PATHS[path] : undefined
}
