import { errorMessage, isHdError } from '@unplugin-hd/core'
import { HttpFailure } from '@unplugin-hd/core/http'
import { KserveError } from '../errors.ts'

/** What was asked for, in words that follow "for" or "to". */
export type Purpose = 'the state of the model' | 'the metadata of the model' | 'an inference'

/** A failure of a request that brought no answer. @param url of the server */
export function connectionError(thrown: unknown, purpose: Purpose, url: string): unknown {
  if (isHdError(thrown)) return thrown
  if (thrown instanceof HttpFailure) {
    if (thrown.kind === 'too-large')
      return new KserveError('KSERVE_RESPONSE', `${thrown.message}, from ${url} to the request for ${purpose}`)
    return new KserveError('KSERVE_NETWORK', `${thrown.message} for ${purpose} from ${url}`, {
      timedOut: true,
      remedy: 'Raise `timeoutMs` if the server needs longer, or lower `tile` and `batch`',
    })
  }
  // The code of a system error says more than its text, and no address.
  const { code } = (thrown ?? {}) as { code?: unknown }
  const why = typeof code === 'string' ? code : errorMessage(thrown)
  return new KserveError('KSERVE_NETWORK', `the connection to ${url} failed (${why}) at the request for ${purpose}`, {
    remedy: 'Check the option `url` and whether the server runs',
  })
}

const BUSY = new Set([408, 429])

/** The failure that an HTTP status stands for. @param words of the server; may be empty */
export function statusError(status: number, words: string, purpose: Purpose, retryAfterMs: number | undefined): KserveError {
  const said = words === '' ? '' : `: ${words}`
  const message = `the server answers HTTP ${status} to the request for ${purpose}${said}`
  if (status === 401 || status === 403) {
    return new KserveError('KSERVE_DENIED', message, { status, remedy: 'Set the token in the variable of the option `tokenEnv`' })
  }
  if (BUSY.has(status) || status >= 500) return new KserveError('KSERVE_UNAVAILABLE', message, { status, retryAfterMs })
  if (status >= 400) return new KserveError('KSERVE_MODEL', message, { status })
  const redirect = status >= 300 ? ' (redirects are not followed)' : ''
  return new KserveError('KSERVE_RESPONSE', `${message}${redirect}`, { status })
}

/** What the server says of a failure: its field `error`, else the text itself unless it is a page. */
export function wordsOf(text: string): string {
  if (!text.trimStart().startsWith('{')) return /^\s*(?:<|$)/.test(text) ? '' : errorMessage(text)
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? errorMessage(error) : ''
  } catch {
    return ''
  }
}
