import { Checks, isLoopback } from '../http/checks.ts'
import {
  REQUEST_KEYS,
  type ResolvedRequestOptions,
  resolveMaxDownload,
  resolveRequestOptions,
  type WechatRequestOptions,
} from '../http/options.ts'
import {
  type ResolvedUpscalerOptions,
  resolveUpscalerOptions,
  UPSCALER_KEYS,
  type WechatUpscalerOptions,
} from '../upscaler/options.ts'

export interface WechatRelayOptions extends WechatRequestOptions, WechatUpscalerOptions {
  /** Address of the cloud function by HTTP access (HTTP 访问服务): `https:`, or `http:` for loopback. */
  endpoint: string
  /**
   * What the function has in its variable HD_RELAY_SECRET: 32 to 256 printable characters without spaces.
   * @default the variable WECHAT_RELAY_SECRET
   */
  secret?: string
  /** The longest result that is read, in bytes, 1 to 1073741824. @default 67108864 */
  maxDownloadBytes?: number
}

export interface ResolvedRelayOptions
  extends ResolvedRequestOptions, ResolvedUpscalerOptions, Pick<WechatRelayOptions, 'endpoint' | 'secret'> {
  maxDownloadBytes: number
}

const KEYS = [
  'endpoint',
  'secret',
  ...REQUEST_KEYS,
  'maxDownloadBytes',
  ...UPSCALER_KEYS,
] as const satisfies readonly (keyof WechatRelayOptions)[]

/** @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveRelayOptions(options: WechatRelayOptions): ResolvedRelayOptions {
  const checks = new Checks('wechatRelay()')
  checks.known(options, KEYS)
  const { secret } = options
  if (secret !== undefined && !isRelaySecret(secret)) {
    // The value itself is never shown.
    throw checks.refusal('secret', '32 to 256 printable characters without spaces', typeof secret)
  }
  return {
    endpoint: checks.address('endpoint', options.endpoint, isLoopback, 'loopback'),
    secret,
    ...resolveRequestOptions(options, checks),
    maxDownloadBytes: resolveMaxDownload(options.maxDownloadBytes, checks),
    ...resolveUpscalerOptions(options, checks),
  }
}

/** The function refuses shorter ones, and a header takes no others. */
export function isRelaySecret(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{32,256}$/.test(value)
}
