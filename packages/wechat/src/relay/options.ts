import { guarded, readOptions, required, typeOf } from '@unplugin-hd/core'
import { isLoopback } from '@unplugin-hd/core/http'
import { address, checkedAddress } from '../http/address.ts'
import { MAX_DOWNLOAD, REQUEST_OPTIONS, type ResolvedRequestOptions, type WechatRequestOptions } from '../http/options.ts'
import { type ResolvedUpscalerOptions, UPSCALER_OPTIONS, type WechatUpscalerOptions } from '../upscaler/options.ts'

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

const OWNER = 'wechatRelay()'

/** @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveRelayOptions(options: WechatRelayOptions): ResolvedRelayOptions {
  const read = readOptions(OWNER, options, {
    endpoint: required(address()),
    secret: { ...guarded('32 to 256 printable characters without spaces', isRelaySecret), show: typeOf },
    ...REQUEST_OPTIONS,
    maxDownloadBytes: MAX_DOWNLOAD,
    ...UPSCALER_OPTIONS,
  })
  return { ...read, endpoint: checkedAddress(OWNER, 'endpoint', read.endpoint, isLoopback, 'loopback') }
}

/** The function refuses shorter ones, and a header takes no others. */
export function isRelaySecret(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{32,256}$/.test(value)
}
