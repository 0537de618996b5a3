import { HdError, isHdError } from '@unplugin-hd/core'
import { KserveError } from './errors.ts'
import type { ResolvedOptions } from './options.ts'

/** The bearer token, if there is one. */
export function tokenOf({ tokenEnv }: Pick<ResolvedOptions, 'tokenEnv'>): string | undefined {
  return process.env[tokenEnv] || undefined
}

/** The text without the token: a server may repeat what it was sent in any of its words. */
export function withoutToken(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, '***')
}

/** The error, or a copy of it without the token. */
export function errorWithoutToken(error: unknown, token: string | undefined): unknown {
  if (!isHdError(error) || token === undefined || !error.message.includes(token)) return error
  const message = withoutToken(error.message, token)
  if (!(error instanceof KserveError)) return new HdError(error.code, message)
  return new KserveError(error.code, message, { status: error.status, timedOut: error.timedOut })
}
