import { errorMessage, isHdError } from '@unplugin-hd/core'
import { HttpFailure } from '@unplugin-hd/core/http'

/** Why a request brought nothing. */
export type FailureKind = 'timeout' | 'denied' | 'full' | 'too-large' | 'other'

/** A request to the remote store failed. The message is a few words and may hold secrets until it is redacted. */
export class RemoteFailure extends Error {
  override name = 'RemoteFailure'
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, { cause })
    this.kind = kind
  }
}

/** @param thrown by a library; the code of a system error says more than its text, and no address */
export function toFailure(thrown: unknown): RemoteFailure {
  if (thrown instanceof RemoteFailure) return thrown
  if (thrown instanceof HttpFailure) {
    return new RemoteFailure(thrown.kind === 'cancelled' ? 'other' : thrown.kind, thrown.message)
  }
  const text = errorMessage(thrown).replace(/\.+$/, '')
  const { code } = (thrown ?? {}) as { code?: unknown }
  const isAdded = typeof code === 'string' && !isHdError(thrown) && !text.includes(code)
  return new RemoteFailure('other', isAdded ? `${text} ${code}`.trim() : text, thrown)
}

/** The failure that an HTTP status stands for. */
export function statusFailure(method: string, status: number): RemoteFailure {
  const text = `HTTP ${status} for ${method}`
  if (status === 401 || status === 403) return new RemoteFailure('denied', `${text} (the credentials are missing or not enough)`)
  if (status === 405) return new RemoteFailure('denied', `${text} (the server does not allow it)`)
  if (status === 507) return new RemoteFailure('full', `${text} (there is no room left)`)
  if (status === 413) return new RemoteFailure('too-large', `${text} (the server takes no entry of this size)`)
  if (status >= 300 && status < 400) return new RemoteFailure('other', `${text} (redirects are not followed)`)
  return new RemoteFailure('other', text)
}
