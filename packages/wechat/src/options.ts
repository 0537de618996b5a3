import { CLIENT_KEYS, type ResolvedClientOptions, resolveClientValues, type WechatClientOptions } from './api/options.ts'
import { Checks } from './http/checks.ts'
import {
  resolveUpscalerOptions,
  type ResolvedUpscalerOptions,
  UPSCALER_KEYS,
  type WechatUpscalerOptions,
} from './upscaler/options.ts'

export interface WechatOptions extends WechatClientOptions, WechatUpscalerOptions {}

export type ResolvedOptions = ResolvedClientOptions & ResolvedUpscalerOptions

/** The options, checked and complete. @throws HdError `HD_OPTION`, when a key is unknown or a value is not allowed */
export function resolveOptions(options: WechatOptions = {}): ResolvedOptions {
  const checks = new Checks('wechat()')
  checks.known(options, [...CLIENT_KEYS, ...UPSCALER_KEYS])
  return { ...resolveClientValues(options, checks), ...resolveUpscalerOptions(options, checks) }
}
