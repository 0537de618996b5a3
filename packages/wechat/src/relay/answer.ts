import { REMOVED_REMEDY } from '../errors/errcodes.ts'
import { errcodeOf, isHtml, isImage, parseObject, type Read, wholeImage } from '../http/answer.ts'
import type { WechatCode, WechatError, WechatStep } from '../errors/errors.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { Answer } from '../http/transport.ts'

/** The errors of the function itself. Any other value of `error` means that it is not set up, or of another version. */
const REFUSALS: Readonly<Record<string, { code: WechatCode; remedy: string }>> = {
  secret: {
    code: 'WECHAT_CREDENTIALS',
    remedy: 'Give as `secret` or WECHAT_RELAY_SECRET what the function has in HD_RELAY_SECRET',
  },
  size: { code: 'WECHAT_IMAGE', remedy: 'Lower `maxUploadBytes`' },
  answer: { code: 'WECHAT_RESPONSE', remedy: 'Build again' },
  gateway: { code: 'WECHAT_NETWORK', remedy: 'Try again later' },
  page: { code: 'WECHAT_RESPONSE', remedy: 'Build again' },
  image: { code: 'WECHAT_IMAGE', remedy: 'Use another upscaler for it' },
}
const DEPLOY = 'Deploy the cloud function of this package again, and set it up as its README says'

/**
 * Reads the answer of the cloud function, or of the gateway in front of it.
 * @throws WechatError for anything but an image or JSON
 */
export function readRelayAnswer(answer: Answer, step: WechatStep, errors: ErrorFactory): Read {
  const { status, body, retryAfterMs } = answer
  if (status === 200 && isImage(body)) return { image: wholeImage(body, step, errors) }
  const parsed = parseObject(body)
  const json = parsed ?? {}
  const errcode = errcodeOf(json['errCode'])
  if (errcode !== undefined && errcode !== 0) {
    throw errors.ofErrcode(step, errcode, String(json['errMsg'] ?? ''), status, retryAfterMs)
  }
  if (typeof json['error'] === 'string') {
    const words = errors.words(String(json['message'] ?? json['error']))
    const { code, remedy } = refusal(json['error'], step)
    throw errors.make(code, `the cloud function says: ${words}`, { step, status, remedy })
  }
  if (parsed && status === 200 && json['code'] === undefined) return { json }
  throw ofGateway(answer, String(json['code'] ?? ''), step, errors)
}

function refusal(reason: string, step: WechatStep): { code: WechatCode; remedy: string } {
  if (reason === 'page' && step === 'upload') return { code: 'WECHAT_REMOVED', remedy: REMOVED_REMEDY }
  return REFUSALS[reason] ?? { code: 'WECHAT_RELAY', remedy: DEPLOY }
}

/** The error for an answer of the gateway. @param name the gateway's name for the error */
function ofGateway(answer: Answer, name: string, step: WechatStep, errors: ErrorFactory): WechatError {
  const { status, retryAfterMs } = answer
  const html = isHtml(answer) ? ' and an HTML page' : ''
  const what = `the endpoint answered with HTTP ${status}${html}${name === '' ? '' : ` (${errors.words(name)})`}`
  const details = { step, status, retryAfterMs }
  if (name.includes('TIME_LIMIT_EXCEEDED')) {
    return errors.make('WECHAT_RELAY', what, { ...details, remedy: 'Set the time limit of the cloud function to 60 seconds' })
  }
  if (status === 413 || name.includes('MAX_PAYLOAD_SIZE')) {
    return errors.make('WECHAT_IMAGE', what, { ...details, remedy: 'Lower `maxUploadBytes`' })
  }
  if (status === 429) {
    const anew = retryAfterMs === undefined ? '' : `It takes requests again in ${Math.ceil(retryAfterMs / 1000)} s. `
    return errors.make('WECHAT_QUOTA', what, { ...details, remedy: `${anew}Raise \`minIntervalMs\`` })
  }
  if (status >= 500 || status === 408) return errors.make('WECHAT_NETWORK', what, { ...details, remedy: 'Try again later' })
  const remedy = 'Check `endpoint`, and that HTTP access leads from its path to the cloud function, without a log-in'
  return errors.make('WECHAT_RELAY', what, { ...details, remedy })
}
