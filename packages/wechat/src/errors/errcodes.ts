import { CLOUD_ROWS } from './cloud-errcodes.ts'
import type { Consequence, ErrcodeRow } from './errcode-row.ts'
import type { WechatCode, WechatStep } from './errors.ts'

export const OFFICIAL_PAGE = 'https://developers.weixin.qq.com/miniprogram/dev/server/API/img-ocr/img/api_imgsuperresolution'

const CONSOLE = 'mp.weixin.qq.com, 开发管理 > 开发设置'
const REMOVED = `See ${OFFICIAL_PAGE}, and add a fallback: [wechat(), neural()]`

const row = (code: WechatCode, next: Consequence, meaning: string, remedy?: string): ErrcodeRow =>
  remedy === undefined ? { code, next, meaning } : { code, next, meaning, remedy }

const BAD_APPID = row('WECHAT_CREDENTIALS', 'stop', 'the AppID is invalid', 'Check the option `appid` or WECHAT_APPID')
const BAD_SECRET = row('WECHAT_CREDENTIALS', 'stop', 'the secret is invalid', 'Check the option `secret` or WECHAT_SECRET')
const STALE = row('WECHAT_TOKEN', 'refresh', 'the access token is invalid or has been replaced', 'Supply a newer access token')
const BAD_MEDIA = row('WECHAT_IMAGE', 'fail', 'the image is not accepted', 'Use another upscaler for this image')
const NO_QUOTA = row(
  'WECHAT_QUOTA',
  'stop',
  'the quota is used up',
  'It resets at 00:00 in Beijing (16:00 UTC): wait until then, or buy a resource pack',
)
const BUG = row('WECHAT_RESPONSE', 'fail', 'the request was not understood', 'Please report this')

/** The global return codes of WeChat that the requests can get. */
export const ERRCODES: Readonly<Record<number, ErrcodeRow>> = {
  [-1]: row('WECHAT_UNAVAILABLE', 'again', 'the system is busy, or the image was rejected', 'Try again later'),
  40001: STALE,
  40014: STALE,
  42001: STALE,
  41001: row(
    'WECHAT_TOKEN',
    'stop',
    'the access token is missing',
    'In cloud hosting, enable 开放接口服务 and deploy a new version',
  ),
  40013: BAD_APPID,
  41002: BAD_APPID,
  40125: BAD_SECRET,
  41004: BAD_SECRET,
  40002: row('WECHAT_CREDENTIALS', 'stop', 'the grant type is invalid', 'Please report this'),
  40164: row(
    'WECHAT_CREDENTIALS',
    'stop',
    'the address of this machine is not in the IP whitelist',
    `Add it at ${CONSOLE} > IP白名单`,
  ),
  40243: row('WECHAT_CREDENTIALS', 'stop', 'the secret is frozen', `Unfreeze it at ${CONSOLE}`),
  50002: row('WECHAT_CREDENTIALS', 'stop', 'the account is restricted', "Check the account's console for a notice"),
  50004: row('WECHAT_CREDENTIALS', 'stop', 'the account may not request tokens', "Check the account's console for a notice"),
  50007: row('WECHAT_CREDENTIALS', 'stop', 'the account is frozen', "Check the account's console for a notice"),
  89503: row(
    'WECHAT_CREDENTIALS',
    'stop',
    'an administrator must confirm this call',
    "The account's administrator must confirm a message in WeChat",
  ),
  89506: row('WECHAT_CREDENTIALS', 'stop', 'an administrator refused this address', 'Ask the administrator, and wait 24 hours'),
  89507: row('WECHAT_CREDENTIALS', 'stop', 'an administrator refused this address', 'Ask the administrator, and wait an hour'),
  61003: row('WECHAT_CREDENTIALS', 'stop', 'the account has not authorised this third-party platform', 'Authorise it again'),
  61004: row(
    'WECHAT_CREDENTIALS',
    'stop',
    'the address of this machine is not registered',
    'Register it with the third-party platform',
  ),
  61007: row(
    'WECHAT_CREDENTIALS',
    'stop',
    'the third-party platform lacks the permission',
    'It needs permission set 117, and one that includes media/get',
  ),
  61024: row(
    'WECHAT_CREDENTIALS',
    'stop',
    'the AppID belongs to a third-party platform',
    'Pass its authorizer_access_token as `accessToken`',
  ),
  45009: NO_QUOTA,
  101003: NO_QUOTA,
  45011: row(
    'WECHAT_QUOTA',
    'next-minute',
    'the limit of calls per minute is reached',
    'It resets with the next minute; raise `minIntervalMs`',
  ),
  40066: row('WECHAT_REMOVED', 'stop', 'WeChat does not know this API (any more)', REMOVED),
  48001: row('WECHAT_REMOVED', 'stop', 'the account may not call this API, or the API was removed', REMOVED),
  // Cloud call: "API not found".
  [-604100]: row('WECHAT_REMOVED', 'stop', 'cloud call does not know this API (any more)', REMOVED),
  48004: row('WECHAT_UNAVAILABLE', 'stop', 'the API is blocked for this account', REMOVED),
  41005: BUG,
  43002: BUG,
  43003: BUG,
  44001: BAD_MEDIA,
  45001: BAD_MEDIA,
  40004: BAD_MEDIA,
  40005: BAD_MEDIA,
  40006: BAD_MEDIA,
  40009: BAD_MEDIA,
  40137: BAD_MEDIA,
  101000: row(
    'WECHAT_IMAGE',
    'fail',
    'WeChat could not fetch the image',
    'Check what `publicUrl` returns, or remove it to upload the image',
  ),
  101002: BAD_MEDIA,
}

/** Codes with a different meaning for openapi/quota/get. */
const QUOTA_ROWS: Readonly<Record<number, ErrcodeRow>> = {
  76021: row('WECHAT_REMOVED', 'fail', 'WeChat has no quota for this API (any more)', REMOVED),
  76022: row('WECHAT_CREDENTIALS', 'fail', 'the token belongs to an account without this API', 'Check the AppID'),
  48001: row('WECHAT_UNAVAILABLE', 'fail', 'the account may not query its quotas', "See the account's console"),
}

const UNKNOWN = row('WECHAT_RESPONSE', 'fail', 'unknown error code')

/**
 * The meaning and the consequence of an errcode.
 * @param step some codes depend on the request
 * @param errmsg distinguishes the two meanings of 101002
 */
export function rowOf(errcode: number, step: WechatStep, errmsg = ''): ErrcodeRow {
  if (errcode === 101002 && /quota/i.test(errmsg)) return NO_QUOTA
  if (step === 'token' && errcode === 40001) return BAD_SECRET
  // Right after the upload, some of WeChat's servers do not know the file yet.
  if (step === 'download' && errcode === 40007) {
    return row('WECHAT_RESPONSE', 'again', 'the result does not exist (any more)', 'Build again')
  }
  if (step === 'download' && errcode === 48001) {
    const remedy = 'Grant the account or the third-party platform the permission for media/get'
    return row('WECHAT_UNAVAILABLE', 'stop', 'the account may not download media', remedy)
  }
  return (step === 'quota' ? QUOTA_ROWS[errcode] : undefined) ?? ERRCODES[errcode] ?? CLOUD_ROWS[errcode] ?? UNKNOWN
}

/** For signs of removal without an errcode: HTTP 404 or 405, or an HTML page. */
export const REMOVED_REMEDY: string = REMOVED
