import { accountName } from '../account.ts'
import type { Environment } from '../context.ts'
import type { ErrorFactory } from '../errors/error-factory.ts'
import type { AccessTokenFunction, TokenOptions } from './options.ts'

/** The source of tokens. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'given'; token: string | AccessTokenFunction }
  | { kind: 'pair'; appid: string; secret: string }

const REMEDY = 'Give `accessToken`, or `appid` and `secret`, or set WECHAT_ACCESS_TOKEN, or WECHAT_APPID and WECHAT_SECRET'

/**
 * The first of: the option `accessToken`; the option `secret` with an AppID; WECHAT_ACCESS_TOKEN; WECHAT_SECRET with an AppID.
 * So a configuration can set `appid`, and each machine can have either a token or the secret.
 * @throws WechatError `WECHAT_CREDENTIALS`, when something is missing
 */
export function findCredentials(options: TokenOptions, env: Environment, errors: ErrorFactory): Credentials {
  if (options.auth === 'none') return { kind: 'none' }
  if (options.accessToken !== undefined) return { kind: 'given', token: options.accessToken }
  const given = env['WECHAT_ACCESS_TOKEN'] || undefined
  if (options.secret === undefined && given !== undefined) return { kind: 'given', token: given }
  if (options.auth === 'cloudbase_access_token') {
    throw errors.make('WECHAT_CREDENTIALS', 'there is no cloudbase_access_token', {
      remedy: 'Give a function as `accessToken` that reads the file in which cloud hosting keeps it',
    })
  }
  const appid = findAppid(options, env)
  const secret = options.secret ?? (env['WECHAT_SECRET'] || undefined)
  if (appid !== undefined && secret !== undefined) return { kind: 'pair', appid, secret }
  const missing =
    appid === undefined ? (secret === undefined ? 'no credentials' : 'a secret, but no AppID') : 'an AppID, but no secret'
  throw errors.make('WECHAT_CREDENTIALS', `there is ${missing}`, { remedy: REMEDY })
}

/**
 * See {@link accountName}. Identified by AppID, because tokens change and secrets must not be stored. Without an AppID, accounts
 * share a name, and a `media_id` of another account is not found.
 */
export function accountHash(options: TokenOptions, env: Environment): string {
  return accountName(options.baseUrl, options.auth, findAppid(options, env) ?? '')
}

function findAppid(options: TokenOptions, env: Environment): string | undefined {
  return options.appid ?? (env['WECHAT_APPID'] || undefined)
}
