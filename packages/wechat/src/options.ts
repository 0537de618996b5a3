import { readOptions } from '@unplugin-hd/core'
import { CLIENT_OPTIONS, type ResolvedClientOptions, type WechatClientOptions, withBaseUrl } from './api/options.ts'
import { type ResolvedUpscalerOptions, UPSCALER_OPTIONS, type WechatUpscalerOptions } from './upscaler/options.ts'

export interface WechatOptions extends WechatClientOptions, WechatUpscalerOptions {}

export type ResolvedOptions = ResolvedClientOptions & ResolvedUpscalerOptions

/** Checks and completes the options. @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed */
export function resolveOptions(options: WechatOptions = {}): ResolvedOptions {
  return withBaseUrl('wechat()', readOptions('wechat()', options, { ...CLIENT_OPTIONS, ...UPSCALER_OPTIONS }))
}
