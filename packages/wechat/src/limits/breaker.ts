import { isWechatError, type WechatCode, type WechatError } from '../errors/errors.ts'
import { OFFICIAL_PAGE, rowOf } from '../errors/errcodes.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'

const MAX_CONSECUTIVE_FAILURES = 5

/** Codes that concern one image only. */
const HARMLESS: ReadonlySet<WechatCode> = new Set(['WECHAT_IMAGE'])

const FINAL: ReadonlySet<WechatCode> = new Set(['WECHAT_REMOVED', 'WECHAT_CREDENTIALS', 'WECHAT_RELAY'])

/** Stops calls to WeChat for this build after a final error, or after five failures in a row. */
export class Breaker {
  readonly #errors: ErrorFactory
  #inARow = 0
  #reason: WechatError | undefined
  #saidBudget = false

  constructor(errors: ErrorFactory) {
    this.#errors = errors
  }

  /** @throws WechatError with the code of the reason, `told`, when it has stopped */
  check(): void {
    if (this.#reason !== undefined) throw this.#refusal(this.#reason, true)
  }

  succeeded(): void {
    this.#inARow = 0
  }

  /**
   * Records a failure.
   * @returns the error to throw: the error itself, or the reason for stopping, marked as `told` after the first time
   */
  failed(error: unknown): unknown {
    if (!isWechatError(error)) return error
    if (error.code === 'WECHAT_BUDGET') return this.#overBudget(error)
    if (HARMLESS.has(error.code)) return error
    if (this.#reason) return error.told ? error : this.#refusal(this.#reason, true)
    this.#inARow++
    if (isFinal(error)) this.#reason = error
    else if (this.#inARow >= MAX_CONSECUTIVE_FAILURES) this.#reason = this.#tooMany(error)
    return this.#reason ? this.#refusal(this.#reason, false) : error
  }

  reset(): void {
    this.#inARow = 0
    this.#reason = undefined
    this.#saidBudget = false
  }

  /** A limit of our own does not stop the breaker: results that were paid for can still be fetched. */
  #overBudget(error: WechatError): WechatError {
    const told = this.#saidBudget
    this.#saidBudget = true
    const { code, message, remedy = '' } = error
    return told ? this.#errors.make(code, message.slice(0, -`. ${remedy}`.length), { remedy, told }) : error
  }

  #refusal(reason: WechatError, told: boolean): WechatError {
    return this.#errors.make(reason.code, `WeChat is not called any more in this build: ${reason.message}`, {
      // Without a step if nothing was sent, so that it is not retried.
      step: told ? undefined : reason.step,
      errcode: reason.errcode,
      errmsg: reason.errmsg,
      rid: reason.rid,
      status: reason.status,
      told,
      cause: reason,
    })
  }

  #tooMany(last: WechatError): WechatError {
    return this.#errors.make(
      'WECHAT_UNAVAILABLE',
      `${MAX_CONSECUTIVE_FAILURES} images in a row failed, the last one so: ${last.message}`,
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

/** True if the next image would fail in the same way. */
function isFinal({ code, errcode, step, errmsg }: WechatError): boolean {
  if (FINAL.has(code)) return true
  return errcode !== undefined && step !== undefined && rowOf(errcode, step, errmsg).next === 'stop'
}
