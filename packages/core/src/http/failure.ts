/** Why a request brought no whole answer, where it is not an error of the connection. */
export type HttpFailureKind = 'timeout' | 'cancelled' | 'too-large'

/** Not an `HdError`: whoever sends the request knows what it was for. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind

  constructor(kind: HttpFailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}
