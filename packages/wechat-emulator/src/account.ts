import { createHash } from 'node:crypto'
import type { Clock } from './clock.ts'
import { Refusal } from './errcodes.ts'
import { Meter } from './meter.ts'
import { Tokens } from './tokens.ts'

export interface AccountOptions {
  /** @default 'wx00000000000e0001' */
  appid?: string
  /** @default 32 hexadecimal digits derived from the appid */
  secret?: string
  /** Addresses that may request a token; others get 40164. @default no whitelist */
  ipWhitelist?: readonly string[]
  /** Calls of `superresolution` a day. @default 100 */
  dailyQuota?: number
  /** Calls of `superresolution` a minute. @default no limit */
  minuteQuota?: number
  /** Refuses every request for a token with this code: 40243, 50004, 50007, 89503, 89506 … */
  tokenErrcode?: number
  /** Refuses every call of `superresolution` with this code: 48001, 48004, 61007, 101003 … */
  apiErrcode?: number
  /** The token of `/.tencentcloudbase/wx/cloudbase_access_token`, valid only as the parameter `cloudbase_access_token`. */
  cloudbaseToken?: string
}

/** One AppID with its secret, tokens and quotas. Fields that are not read-only may be changed while the server runs. */
export class Account {
  readonly appid: string
  readonly secret: string
  ipWhitelist: readonly string[] | undefined
  tokenErrcode: number | undefined
  apiErrcode: number | undefined
  readonly cloudbaseToken: string | undefined
  readonly tokens: Tokens
  /** The quota of `superresolution`. Every call with a valid token counts, even if its image is refused. */
  readonly quota: Meter

  constructor(options: AccountOptions, clock: Clock) {
    this.appid = options.appid ?? 'wx00000000000e0001'
    this.secret = options.secret ?? createHash('md5').update(this.appid).digest('hex')
    this.ipWhitelist = options.ipWhitelist
    this.tokenErrcode = options.tokenErrcode
    this.apiErrcode = options.apiErrcode
    this.cloudbaseToken = options.cloudbaseToken
    this.tokens = new Tokens(clock)
    this.quota = new Meter(clock, options.dailyQuota ?? 100, options.minuteQuota)
  }

  /**
   * The checks of both token endpoints.
   * @throws Refusal 40125 for a wrong secret, `tokenErrcode`, or 40164 naming an address that is not in the whitelist
   */
  admit(secret: string, address: string): void {
    if (secret !== this.secret) throw new Refusal(40125)
    if (this.tokenErrcode !== undefined) throw new Refusal(this.tokenErrcode)
    if (this.ipWhitelist && !this.ipWhitelist.includes(address)) {
      throw new Refusal(40164, `invalid ip ${address} ipv6 ::ffff:${address}, not in whitelist`)
    }
  }
}

/**
 * The account whose token a call carries.
 * @throws Refusal 41001 without a token, 40014 for a malformed one, 40001 for an unknown or replaced one, 42001 for an expired one
 */
export function accountOf(accounts: readonly Account[], query: URLSearchParams): Account {
  const cloudbase = query.get('cloudbase_access_token')
  if (cloudbase) {
    const account = accounts.find(({ cloudbaseToken }) => cloudbaseToken === cloudbase)
    if (account) return account
    throw new Refusal(40001)
  }
  const token = query.get('access_token')
  if (!token) throw new Refusal(41001)
  const account = accounts.find(({ tokens }) => tokens.owns(token))
  if (account) return account
  // A cloudbase token is well formed but not an access_token: callers who mixed them up got 40001.
  if (accounts.some(({ cloudbaseToken }) => cloudbaseToken === token)) throw new Refusal(40001)
  throw new Refusal(/^[\w-]{64,512}$/.test(token) ? 40001 : 40014)
}
