import { isComplete } from './complete.ts'
import { REMOVED_REMEDY } from '../errors/errcodes.ts'
import type { WechatError, WechatStep } from '../errors/errors.ts'
import { type ErrorFactory, nameOfRequest } from '../errors/error-factory.ts'
import type { Answer } from './transport.ts'

/** The content of an answer, detected by its bytes, because WeChat's content types are unreliable. */
export type Read = { image: Uint8Array } | { json: Record<string, unknown> }

/**
 * @throws WechatError for an errcode other than 0, and for content that is neither an image nor JSON
 */
export function readAnswer(answer: Answer, step: WechatStep, errors: ErrorFactory): Read {
  const { status, body } = answer
  if (status === 200 && isImage(body)) return { image: wholeImage(body, step, errors) }
  const json = parseObject(body)
  const errcode = errcodeOf(json?.['errcode'])
  if (json && errcode !== undefined && errcode !== 0) {
    throw errors.ofErrcode(step, errcode, String(json['errmsg'] ?? ''), status, answer.retryAfterMs)
  }
  if (json && status === 200 && (errcode === 0 || errcode === undefined)) return { json }
  throw strange(answer, step, errors)
}

/** @throws WechatError `WECHAT_NETWORK`, when the image ends too early */
export function wholeImage(body: Buffer, step: WechatStep, errors: ErrorFactory): Uint8Array {
  if (isComplete(body)) return body
  const details = { step, status: 200, remedy: 'Build again' }
  throw errors.make('WECHAT_NETWORK', `the image from ${nameOfRequest(step)} ends too early`, details)
}

/** The error for an answer outside the protocol. */
function strange(answer: Answer, step: WechatStep, errors: ErrorFactory): WechatError {
  const { status, retryAfterMs } = answer
  const html = isHtml(answer)
  const what = `WeChat answered ${nameOfRequest(step)} with HTTP ${status}${html ? ' and an HTML page' : ''}`
  const about = { step, status, retryAfterMs }
  if (status >= 500) return errors.make('WECHAT_NETWORK', what, { ...about, remedy: 'Try again later' })
  if (status === 429) return errors.make('WECHAT_QUOTA', what, { ...about, remedy: 'Raise `minIntervalMs`' })
  if (status >= 300 && status < 400) {
    const remedy = 'Redirects are not followed, since they would carry the token elsewhere: check `baseUrl`, and for a proxy'
    return errors.make('WECHAT_RESPONSE', what, { ...about, remedy })
  }
  if (step === 'upload' && (status === 404 || status === 405 || html)) {
    return errors.make('WECHAT_REMOVED', `${what}: the interface looks as if it were gone`, { ...about, remedy: REMOVED_REMEDY })
  }
  const remedy = html ? 'Check `baseUrl`, and for a proxy or a log-in page between' : undefined
  return errors.make('WECHAT_RESPONSE', `${what}, which is neither an image nor JSON as expected`, { ...about, remedy })
}

/** The signatures of JPEG, PNG, WebP and GIF; core checks the format itself. */
const SIGNATURES = ['\xff\xd8\xff', '\x89PNG\r\n', 'RIFF', 'GIF8']

export function isImage(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 8)
  return SIGNATURES.some((signature) => head.startsWith(signature))
}

export function isHtml({ body, contentType }: Answer): boolean {
  return (
    /^\s*(?:<!--|<!doctype html|<html|<head|<body)/i.test(body.toString('latin1', 0, 256)) || /^text\/html\b/i.test(contentType)
  )
}

/** Ignores the content type, because errors come as `text/plain` as well. */
export function parseObject(body: Buffer): Record<string, unknown> | undefined {
  if (!/^\s*\{/.test(body.toString('latin1', 0, 64))) return undefined
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** Accepts a number or a numeric string: the documentation has both. */
export function errcodeOf(errcode: unknown): number | undefined {
  if (typeof errcode === 'number') return errcode
  return typeof errcode === 'string' && /^-?\d+$/.test(errcode.trim()) ? Number(errcode) : undefined
}
