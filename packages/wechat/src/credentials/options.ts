import { guarded, oneOf, type Options, secret, string, typeOf } from '@unplugin-hd/core'
import type { ResolvedRequestOptions } from '../http/options.ts'

/**
 * Called for every request, so it should cache.
 * @param rejected the token that WeChat has just refused, if any; return a different one
 */
export type AccessTokenFunction = (rejected: string | undefined) => string | Promise<string>

export interface WechatCredentialOptions {
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
   * `'stable_token'` does not affect the tokens of a live backend; `'token'` invalidates them, with a warning.
   * @default 'stable_token'
   */
  tokenEndpoint?: 'stable_token' | 'token'
  /**
   * The name under which the token is sent. `'none'` sends none: inside WeChat cloud hosting, together with
   * `baseUrl: 'http://api.weixin.qq.com'`. @default 'access_token'
   */
  auth?: 'access_token' | 'cloudbase_access_token' | 'none'
}

export type ResolvedCredentialOptions = Required<Pick<WechatCredentialOptions, 'tokenEndpoint' | 'auth'>> &
  Pick<WechatCredentialOptions, 'accessToken' | 'appid' | 'secret'>

/** What the request for a token needs to know. */
export type TokenOptions = ResolvedCredentialOptions & ResolvedRequestOptions & { baseUrl: string }

export const CREDENTIAL_OPTIONS: Options<ResolvedCredentialOptions> = {
  accessToken: { ...guarded('a string that is not empty, or a function', isTokenSource), show: typeOf },
  appid: string(),
  secret: secret(),
  tokenEndpoint: oneOf(['stable_token', 'token'], 'stable_token'),
  auth: oneOf(['access_token', 'cloudbase_access_token', 'none'], 'access_token'),
}

function isTokenSource(value: unknown): value is string | AccessTokenFunction {
  return typeof value === 'function' || (typeof value === 'string' && value !== '')
}
