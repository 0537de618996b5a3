import { HdError, visible } from '@unplugin-hd/core'
import { rowOf } from './errcodes.ts'
import { type WechatCode, WechatError, type WechatErrorDetails, type WechatStep } from './errors.ts'
import type { Redactor } from './redact.ts'

const REQUESTS: Record<WechatStep, string> = {
  token: 'the request for an access token',
  upload: 'img/superresolution',
  download: 'media/get',
  quota: 'openapi/quota/get',
}

/** Longer messages of WeChat are cut. */
const MAX_ERRMSG_LENGTH = 300

/** A long run without spaces may be an unknown token, and is no use to readers. */
const TOKEN_LIKE = /[\w-]{40,}/g

/** Creates the errors of one client. This is the one place where text from outside passes the redactor. */
export class ErrorFactory {
  readonly #redactor: Redactor

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  make(code: WechatCode, message: string, details: WechatErrorDetails = {}): WechatError {
    const errmsg = details.errmsg === undefined ? undefined : this.#redactor.text(details.errmsg)
    const cause = this.#redactor.cause(details.cause)
    return new WechatError(code, this.#redactor.text(message), { ...details, errmsg, cause })
  }

  /** The error for an answer with an errcode other than 0. */
  ofErrcode(step: WechatStep, errcode: number, words: string, status?: number, retryAfterMs?: number): WechatError {
    const errmsg = this.words(words)
    const { code, meaning, remedy } = rowOf(errcode, step, errmsg)
    const quoted = errmsg === '' ? '' : ` ("${errmsg}")`
    return this.make(code, `WeChat answered ${errcode} to ${REQUESTS[step]}: ${meaning}${quoted}`, {
      step,
      errcode,
      errmsg,
      rid: /\brid: ?([\w-]+)/.exec(errmsg)?.[1],
      status,
      retryAfterMs,
      remedy: errcode === 40164 ? withAddress(remedy, errmsg) : remedy,
    })
  }

  /** Sanitizes text from outside for a message: one line, bounded, without anything that looks like a token. */
  words(text: string): string {
    return visible(this.#redactor.text(oneLine(text)).replace(TOKEN_LIKE, '***'))
  }

  aborted(signal: AbortSignal): HdError {
    return new HdError('HD_ABORTED', 'the work was cancelled', { cause: this.#redactor.cause(signal.reason) })
  }
}

export function nameOfRequest(step: WechatStep): string {
  return REQUESTS[step]
}

/** 40164 names the address that WeChat saw, which often differs from the machine's own. */
function withAddress(remedy: string | undefined, errmsg: string): string | undefined {
  const address = /\bip:? ?(\d+\.\d+\.\d+\.\d+|[\da-f:]{3,}[\da-f:.]*)/i.exec(errmsg)?.[1]
  return address === undefined ? remedy : `WeChat saw the address ${address}. ${remedy}, or give a ready-made \`accessToken\``
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_ERRMSG_LENGTH)
}
