/**
 * A model does not enlarge or restore images. Not an `HdError`, because it is also thrown in worker threads, which would load more
 * for one.
 */
export class UnfitModelError extends Error {
  readonly remedy: string

  constructor(message: string, remedy: string) {
    super(message)
    this.remedy = remedy
  }
}
