import { HdError, isHdError, Redactor } from '@unplugin-hd/core'
import { KserveError } from './errors.ts'
import type { ResolvedOptions } from './options.ts'

/** Shorter values of headers would match inside ordinary text. */
const SHORTEST = 4

type Given = Pick<ResolvedOptions, 'tokenEnv' | 'headers'>

/** The bearer token, if there is one. */
export function tokenOf({ tokenEnv }: Pick<Given, 'tokenEnv'>): string | undefined {
  return process.env[tokenEnv] || undefined
}

/** The text without the token and the values of headers: a server may repeat what it was sent in any of its words. */
export function withoutSecrets(text: string, given: Given): string {
  const redactor = new Redactor()
  redactor.add(tokenOf(given), ...Object.values(given.headers).filter(({ length }) => length >= SHORTEST))
  return redactor.redact(text)
}

/** The error, or a copy of it without secrets. */
export function errorWithoutSecrets(error: unknown, given: Given): unknown {
  if (!isHdError(error)) return error
  const message = withoutSecrets(error.message, given)
  if (message === error.message) return error
  if (!(error instanceof KserveError)) return new HdError(error.code, message)
  return new KserveError(error.code, message, { status: error.status, timedOut: error.timedOut })
}
