import { HdError } from '@unplugin-hd/core'

/**
 * Called for every request, so it should cache.
 * @param rejected the token that WeChat has just refused: return another one
 */
export type AccessTokenFunction = (rejected: string | undefined) => string | Promise<string>

export interface WechatClientOptions {
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
  /** `https:`, or `http:` for loopback and `auth: 'none'`. @default 'https://api.weixin.qq.com' */
  baseUrl?: string
  /** For one attempt, in milliseconds, 1 to 600000. @default 60000 */
  attemptTimeoutMs?: number
  /** For one request with all its attempts and the waits between them, in milliseconds, 1 to 3600000. @default 300000 */
  totalTimeoutMs?: number
  /** How often a request is sent again at most, 0 to 10; a download, which is free, twice as often. @default 4 */
  retries?: number
  /** The longest result that is read, in bytes, 1 to 1073741824. @default 67108864 */
  maxDownloadBytes?: number
}

/** What is known of a picture before it is sent. */
export interface PublicSource {
  /** As the user named it. */
  file: string
  /** SHA-256 of the source file, 64 hexadecimal digits. */
  digest: string
  /** Pixels that the picture behind the address must have. */
  width: number
  height: number
}

export interface WechatOptions extends WechatClientOptions {
  /**
   * A public address from which WeChat fetches the picture, instead of an upload; `undefined` for a picture that is to be
   * uploaded all the same.
   */
  publicUrl?: (source: PublicSource) => string | undefined
  /** The most bytes of an upload, 1 to 2097152. WeChat says "less than 2M" and not which. @default 1999999 */
  maxUploadBytes?: number
  /** Pictures in work at once, 1 to 16. @default 2 */
  concurrency?: number
  /** Least time between two calls of img/superresolution, in milliseconds, 0 to 3600000. @default 0 */
  minIntervalMs?: number
  /**
   * The most calls of img/superresolution a day (Asia/Shanghai) for the account, attempts that failed included, 0 to 1000000.
   * @default 100
   */
  dailyBudget?: number
}

export type ResolvedClientOptions = Required<Omit<WechatClientOptions, 'accessToken' | 'appid' | 'secret'>> &
  Pick<WechatClientOptions, 'accessToken' | 'appid' | 'secret'>

export type ResolvedOptions = ResolvedClientOptions &
  Required<Omit<WechatOptions, keyof WechatClientOptions | 'publicUrl'>> &
  Pick<WechatOptions, 'publicUrl'>

export const DEFAULT_BASE_URL = 'https://api.weixin.qq.com'

const CLIENT_KEYS = [
  'accessToken',
  'appid',
  'secret',
  'tokenEndpoint',
  'auth',
  'baseUrl',
  'attemptTimeoutMs',
  'totalTimeoutMs',
  'retries',
  'maxDownloadBytes',
] as const satisfies readonly (keyof WechatClientOptions)[]
const UPSCALER_KEYS = ['publicUrl', 'maxUploadBytes', 'concurrency', 'minIntervalMs', 'dailyBudget'] as const
const TOKEN_ENDPOINTS = ['stable_token', 'token'] as const
const AUTHS = ['access_token', 'cloudbase_access_token', 'none'] as const

/** The options, checked and complete. @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveOptions(options: WechatOptions = {}): ResolvedOptions {
  refuseUnknown('wechat()', options, [...CLIENT_KEYS, ...UPSCALER_KEYS])
  const { publicUrl } = options
  if (publicUrl !== undefined && typeof publicUrl !== 'function') throw refuse('publicUrl', 'a function', typeof publicUrl)
  return {
    ...resolveValues(options),
    publicUrl,
    maxUploadBytes: integer('maxUploadBytes', options.maxUploadBytes ?? 1_999_999, 1, 2 ** 21),
    concurrency: integer('concurrency', options.concurrency ?? 2, 1, 16),
    minIntervalMs: integer('minIntervalMs', options.minIntervalMs ?? 0, 0, 3_600_000),
    dailyBudget: integer('dailyBudget', options.dailyBudget ?? 100, 0, 1_000_000),
  }
}

/** The same for the client alone. @throws HdError `HD_OPTION` */
export function resolveClientOptions(options: WechatClientOptions = {}): ResolvedClientOptions {
  refuseUnknown('createWechatClient()', options, CLIENT_KEYS)
  return resolveValues(options)
}

function resolveValues(options: WechatClientOptions): ResolvedClientOptions {
  const { accessToken, appid, secret } = options
  if (accessToken !== undefined && typeof accessToken !== 'function' && !isFilled(accessToken)) {
    throw refuse('accessToken', 'a text or a function', typeof accessToken)
  }
  if (appid !== undefined && !isFilled(appid)) throw refuse('appid', 'a text', typeof appid)
  // The value itself is never shown.
  if (secret !== undefined && !isFilled(secret)) throw refuse('secret', 'a text', typeof secret)
  const auth = oneOf('auth', AUTHS, options.auth ?? 'access_token')
  return {
    accessToken,
    appid,
    secret,
    auth,
    tokenEndpoint: oneOf('tokenEndpoint', TOKEN_ENDPOINTS, options.tokenEndpoint ?? 'stable_token'),
    baseUrl: address(options.baseUrl ?? DEFAULT_BASE_URL, auth),
    attemptTimeoutMs: integer('attemptTimeoutMs', options.attemptTimeoutMs ?? 60_000, 1, 600_000),
    totalTimeoutMs: integer('totalTimeoutMs', options.totalTimeoutMs ?? 300_000, 1, 3_600_000),
    retries: integer('retries', options.retries ?? 4, 0, 10),
    maxDownloadBytes: integer('maxDownloadBytes', options.maxDownloadBytes ?? 64 * 2 ** 20, 1, 2 ** 30),
  }
}

/** Without a slash at the end. A token must not travel in the clear, except where nobody else listens. */
function address(value: unknown, auth: string): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw refuse('baseUrl', 'an https: address', typeof value)
  if (url.username || url.password || url.search || url.hash) {
    throw refuse('baseUrl', 'an address without credentials, query and hash', 'one with')
  }
  if (url.protocol === 'http:' && auth !== 'none' && !isLoopback(url.hostname)) {
    throw refuse('baseUrl', "an https: address (http: is for loopback and auth: 'none')", url.origin)
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function oneOf<T extends string>(key: string, allowed: readonly T[], value: T): T {
  if (allowed.includes(value)) return value
  throw refuse(key, allowed.map((name) => `'${name}'`).join(' or '), typeof value === 'string' ? `'${value}'` : String(value))
}

function integer(key: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw refuse(key, `a whole number from ${least} to ${most}`, typeof value === 'string' ? `'${value}'` : String(value))
}

function refuseUnknown(subject: string, options: object, keys: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new HdError('HD_OPTION', `${subject} expected the options to be an object, got ${String(options)}`)
  }
  const unknown = Object.keys(options).find((key) => !keys.includes(key))
  if (unknown === undefined) return
  throw new HdError('HD_OPTION', `${subject} has no option \`${unknown}\``, { remedy: `Allowed: ${keys.join(', ')}` })
}

function refuse(key: string, expected: string, arrived: string): HdError {
  return new HdError('HD_OPTION', `wechat() expected \`${key}\` to be ${expected}, got ${arrived}`)
}
