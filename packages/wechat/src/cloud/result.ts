import { errcodeOf, type Read, readAnswer } from '../http/answer.ts'
import type { WechatError, WechatStep } from '../errors/errors.ts'
import { type ErrorFactory, nameOfRequest } from '../errors/error-factory.ts'

/**
 * What a cloud call came back with: `{ contentType, buffer }` for a file, else the fields of the JSON, usually renamed to camel
 * case, with `errCode` as a number or a text.
 * @throws WechatError for an errcode other than 0, and for a file that is no image
 */
export function readResult(result: unknown, step: WechatStep, errors: ErrorFactory): Read {
  const fields = typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {}
  const errcode = errcodeOf(fields['errCode'] ?? fields['errcode'])
  if (errcode !== undefined && errcode !== 0) throw errors.ofErrcode(step, errcode, wordsOf(fields))
  const { buffer, contentType } = fields
  if (!(buffer instanceof Uint8Array)) return { json: fields }
  const body = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  const answer = { status: statusOf(body), body, contentType: String(contentType ?? ''), retryAfterMs: undefined }
  return readAnswer(answer, step, errors)
}

/** The SDK keeps the HTTP status to itself. A gateway's page names its own; another page stands for an interface that is gone. */
function statusOf(body: Buffer): number {
  const title = /<title>[^<]*\b(5\d\d)\b/i.exec(body.toString('latin1', 0, 1024))
  return title === null ? 200 : Number(title[1])
}

/** The error for what a cloud call threw: an Error with `errCode` and `errMsg`, where the SDK made it. */
export function readThrown(thrown: unknown, step: WechatStep, errors: ErrorFactory): WechatError {
  const fields = typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>) : {}
  const words = wordsOf(fields)
  if (/call init first/.test(words)) {
    const remedy = 'Call it before the first image, and inside a cloud function with `env: cloud.DYNAMIC_CURRENT_ENV`'
    return errors.make('WECHAT_CREDENTIALS', 'init() of `cloud` has not been called', { step, remedy })
  }
  const errcode = errcodeOf(fields['errCode'])
  if (errcode !== undefined && errcode !== 0) return errors.ofErrcode(step, errcode, words)
  return errors.make('WECHAT_RESPONSE', `\`cloud\` failed at ${nameOfRequest(step)}: ${errors.words(words)}`, {
    step,
    remedy: 'Check that `cloud` is a wx-server-sdk',
    cause: thrown,
  })
}

function wordsOf(fields: Record<string, unknown>): string {
  return String(fields['errMsg'] ?? fields['errmsg'] ?? fields['message'] ?? '')
}
