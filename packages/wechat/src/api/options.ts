import { type Options, readOption, readOptions } from '@unplugin-hd/core'
import { isLoopback } from '@unplugin-hd/core/http'
import { CREDENTIAL_OPTIONS, type TokenOptions, type WechatCredentialOptions } from '../credentials/options.ts'
import { address, checkedAddress } from '../http/address.ts'
import { MAX_DOWNLOAD, REQUEST_OPTIONS, type WechatRequestOptions } from '../http/options.ts'

export interface WechatClientOptions extends WechatCredentialOptions, WechatRequestOptions {
  /**
   * `https:`, or `http:` for loopback and `auth: 'none'`.
   * @default the variable WECHAT_BASE_URL, else 'https://api.weixin.qq.com'
   */
  baseUrl?: string
  /** The longest result that is read, in bytes, 1 to 1073741824. @default 67108864 */
  maxDownloadBytes?: number
}

export type ResolvedClientOptions = TokenOptions & { maxDownloadBytes: number }

/** The options as given: `baseUrl` may be left out. */
type Given = Omit<ResolvedClientOptions, 'baseUrl'> & { baseUrl: string | undefined }

export const CLIENT_OPTIONS: Options<Given> = {
  ...CREDENTIAL_OPTIONS,
  baseUrl: address(),
  ...REQUEST_OPTIONS,
  maxDownloadBytes: MAX_DOWNLOAD,
}

const DEFAULT_BASE_URL = 'https://api.weixin.qq.com'

/** Checks and completes the options of the client. @throws HdError `HD_OPTION` */
export function resolveClientOptions(options: WechatClientOptions = {}): ResolvedClientOptions {
  const owner = 'createWechatClient()'
  return withBaseUrl(owner, readOptions(owner, options, CLIENT_OPTIONS))
}

/**
 * Completes `baseUrl`: WECHAT_BASE_URL is a variable so that the emulator or a gateway can take the place of WeChat without a change
 * of the configuration.
 * @throws HdError `HD_OPTION`
 */
export function withBaseUrl<T extends Given>(owner: string, options: T): T & { baseUrl: string } {
  const { auth, baseUrl = defaultBaseUrl(owner) } = options
  // A token must not travel in the clear.
  const mayBePlain = (hostname: string): boolean => auth === 'none' || isLoopback(hostname)
  return { ...options, baseUrl: checkedAddress(owner, 'baseUrl', baseUrl, mayBePlain, "loopback and auth: 'none'") }
}

function defaultBaseUrl(owner: string): string {
  const fromEnv = process.env['WECHAT_BASE_URL'] || undefined
  return readOption(owner, 'WECHAT_BASE_URL', fromEnv, address()) ?? DEFAULT_BASE_URL
}
