import { isWechatError, type WechatCode, type WechatError } from './errors.ts'
import { OFFICIAL_PAGE, rowOf } from './errcodes.ts'
import type { Faults } from './fault.ts'

const MOST_IN_A_ROW = 5

/** What says something about one picture, or about our own limit, and nothing about WeChat. */
const HARMLESS: ReadonlySet<WechatCode> = new Set(['WECHAT_IMAGE', 'WECHAT_BUDGET'])

/** Stops asking WeChat after a sign that it is of no use in this build: the first that is certain, or five failures in a row. */
export class Breaker {
  readonly #faults: Faults
  #inARow = 0
  #reason: WechatError | undefined

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** @throws WechatError with the code of the reason, when it has stopped */
  check(): void {
    const reason = this.#reason
    if (reason === undefined) return
    throw this.#faults.make(reason.code, `WeChat is not called any more in this build: ${reason.message}`, {
      // No step: it was no answer to a request, and must not be retried like one.
      errcode: reason.errcode,
      errmsg: reason.errmsg,
      rid: reason.rid,
      status: reason.status,
      cause: reason,
    })
  }

  succeeded(): void {
    this.#inARow = 0
  }

  /** @returns the reason, when this failure is the one that stops it */
  failed(error: unknown): WechatError | undefined {
    if (!isWechatError(error) || HARMLESS.has(error.code) || this.#reason) return undefined
    this.#inARow++
    if (isFinal(error)) this.#reason = error
    else if (this.#inARow >= MOST_IN_A_ROW) this.#reason = this.#tooMany(error)
    return this.#reason
  }

  reset(): void {
    this.#inARow = 0
    this.#reason = undefined
  }

  #tooMany(last: WechatError): WechatError {
    return this.#faults.make(
      'WECHAT_UNAVAILABLE',
      `${MOST_IN_A_ROW} pictures in a row failed, the last one so: ${last.message}`,
      {
        step: last.step,
        errcode: last.errcode,
        errmsg: last.errmsg,
        rid: last.rid,
        status: last.status,
        remedy: `Whether the interface is still there says ${OFFICIAL_PAGE}; a chain [wechat(), neural()] builds without it`,
        cause: last,
      },
    )
  }
}

/** True when the next picture would meet the same. */
function isFinal({ code, errcode, step, errmsg }: WechatError): boolean {
  if (code === 'WECHAT_REMOVED' || code === 'WECHAT_CREDENTIALS') return true
  return errcode !== undefined && step !== undefined && rowOf(errcode, step, errmsg).next === 'stop'
}
