import { Checks, isFilled, isLoopback } from './check/check.ts'
import {
  REQUEST_KEYS,
  resolveMaxDownload,
  resolveRequestOptions,
  resolveUpscalerOptions,
  type ResolvedUpscalerOptions,
  UPSCALER_KEYS,
  type WechatRequestOptions,
  type WechatUpscalerOptions,
} from './shared-options.ts'

/**
 * Called for every request, so it should cache.
 * @param rejected the token that WeChat has just refused: return another one
 */
export type AccessTokenFunction = (rejected: string | undefined) => string | Promise<string>

export interface WechatClientOptions extends WechatRequestOptions {
  /**
   * A ready-made token (also a third-party platform's `authorizer_access_token`), or a function that gives one.
   * @default the variable WECHAT_ACCESS_TOKEN
   */
  accessToken?: string | AccessTokenFunction
  /** With `secret`: tokens are asked for. @default the variable WECHAT_APPID */
  appid?: string
  /** @default the variable WECHAT_SECRET */
  secret?: string
  /**
   * `'stable_token'` leaves the tokens of a live backend alone; `'token'` invalidates them, so it warns.
   * @default 'stable_token'
   */
  tokenEndpoint?: 'stable_token' | 'token'
  /**
   * The name under which the token is sent. `'none'` sends none: inside WeChat cloud hosting, together with
   * `baseUrl: 'http://api.weixin.qq.com'`. @default 'access_token'
   */
  auth?: 'access_token' | 'cloudbase_access_token' | 'none'
  /**
   * `https:`, or `http:` for loopback and `auth: 'none'`.
   * @default the variable WECHAT_BASE_URL, else 'https://api.weixin.qq.com'
   */
  baseUrl?: string
  /** The longest result that is read, in bytes, 1 to 1073741824. @default 67108864 */
  maxDownloadBytes?: number
}

export interface WechatOptions extends WechatClientOptions, WechatUpscalerOptions {}

export type ResolvedClientOptions = Required<Omit<WechatClientOptions, 'accessToken' | 'appid' | 'secret'>> &
  Pick<WechatClientOptions, 'accessToken' | 'appid' | 'secret'>

export type ResolvedOptions = ResolvedClientOptions & ResolvedUpscalerOptions

const DEFAULT_BASE_URL = 'https://api.weixin.qq.com'

/** A variable, so that the stand-in or a gateway can take WeChat's place without a change of the configuration. */
function defaultBaseUrl(): string {
  return process.env['WECHAT_BASE_URL'] || DEFAULT_BASE_URL
}

const CLIENT_KEYS = [
  'accessToken',
  'appid',
  'secret',
  'tokenEndpoint',
  'auth',
  'baseUrl',
  ...REQUEST_KEYS,
  'maxDownloadBytes',
] as const satisfies readonly (keyof WechatClientOptions)[]
const TOKEN_ENDPOINTS = ['stable_token', 'token'] as const
const AUTHS = ['access_token', 'cloudbase_access_token', 'none'] as const

/** The options, checked and complete. @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveOptions(options: WechatOptions = {}): ResolvedOptions {
  const checks = new Checks('wechat()')
  checks.known(options, [...CLIENT_KEYS, ...UPSCALER_KEYS])
  return { ...resolveValues(options, checks), ...resolveUpscalerOptions(options, checks) }
}

/** The same for the client alone. @throws HdError `HD_OPTION` */
export function resolveClientOptions(options: WechatClientOptions = {}): ResolvedClientOptions {
  const checks = new Checks('createWechatClient()')
  checks.known(options, CLIENT_KEYS)
  return resolveValues(options, checks)
}

function resolveValues(options: WechatClientOptions, checks: Checks): ResolvedClientOptions {
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
