import type { TokenOptions, WechatCredentialOptions } from '../credentials/options.ts'
import { Checks, isFilled, isLoopback } from '../http/checks.ts'
import { REQUEST_KEYS, resolveMaxDownload, resolveRequestOptions, type WechatRequestOptions } from '../http/options.ts'

export interface WechatClientOptions extends WechatCredentialOptions, WechatRequestOptions {
  /**
   * `https:`, or `http:` for loopback and `auth: 'none'`.
   * @default the variable WECHAT_BASE_URL, else 'https://api.weixin.qq.com'
   */
  baseUrl?: string
  /** The longest result that is read, in bytes, 1 to 1073741824. @default 67108864 */
  maxDownloadBytes?: number
}

export interface ResolvedClientOptions extends TokenOptions {
  maxDownloadBytes: number
}

const DEFAULT_BASE_URL = 'https://api.weixin.qq.com'

/** A variable, so that the stand-in or a gateway can take WeChat's place without a change of the configuration. */
function defaultBaseUrl(): string {
  return process.env['WECHAT_BASE_URL'] || DEFAULT_BASE_URL
}

export const CLIENT_KEYS: readonly (keyof WechatClientOptions)[] = [
  'accessToken',
  'appid',
  'secret',
  'tokenEndpoint',
  'auth',
  'baseUrl',
  ...REQUEST_KEYS,
  'maxDownloadBytes',
]
const TOKEN_ENDPOINTS = ['stable_token', 'token'] as const
const AUTHS = ['access_token', 'cloudbase_access_token', 'none'] as const

/** The options of the client, checked and complete. @throws HdError `HD_OPTION` */
export function resolveClientOptions(options: WechatClientOptions = {}): ResolvedClientOptions {
  const checks = new Checks('createWechatClient()')
  checks.known(options, CLIENT_KEYS)
  return resolveClientValues(options, checks)
}

/** @throws HdError `HD_OPTION` */
export function resolveClientValues(options: WechatClientOptions, checks: Checks): ResolvedClientOptions {
  const { accessToken, appid, secret } = options
  if (accessToken !== undefined && typeof accessToken !== 'function' && !isFilled(accessToken)) {
    throw checks.refusal('accessToken', 'a text or a function', typeof accessToken)
  }
  if (appid !== undefined && !isFilled(appid)) throw checks.refusal('appid', 'a text', typeof appid)
  // The value itself is never shown.
  if (secret !== undefined && !isFilled(secret)) throw checks.refusal('secret', 'a text', typeof secret)
  const auth = checks.oneOf('auth', AUTHS, options.auth ?? 'access_token')
  // A token must not travel in the clear.
  const mayBePlain = (hostname: string): boolean => auth === 'none' || isLoopback(hostname)
  return {
    accessToken,
    appid,
    secret,
    auth,
    tokenEndpoint: checks.oneOf('tokenEndpoint', TOKEN_ENDPOINTS, options.tokenEndpoint ?? 'stable_token'),
    baseUrl: checks.address('baseUrl', options.baseUrl ?? defaultBaseUrl(), mayBePlain, "loopback and auth: 'none'"),
    ...resolveRequestOptions(options, checks),
    maxDownloadBytes: resolveMaxDownload(options.maxDownloadBytes, checks),
  }
}
