import type { Upscaler } from '@unplugin-hd/core'
import { SYSTEM, type WechatContext } from '../context.ts'
import { meteredUpscaler } from '../upscaler/metered.ts'
import { Redactor } from '../errors/redact.ts'
import { cloudClientOf } from './client.ts'
import { type ResolvedCloudOptions, resolveCloudOptions, type WechatCloudOptions } from './options.ts'

/**
 * {@link wechat} by cloud call (云调用), where `wx-server-sdk` works: in a cloud function or a container of WeChat's.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV }); const upscaler = [wechatCloud({ cloud }), neural()]
 */
export function wechatCloud(options: WechatCloudOptions): Upscaler {
  return cloudUpscalerOf(resolveCloudOptions(options), SYSTEM)
}

/** The same with a given clock and environment. */
export function cloudUpscalerOf(options: ResolvedCloudOptions, context: WechatContext): Upscaler {
  const redactor = new Redactor()
  const client = cloudClientOf(options, context, redactor)
  return meteredUpscaler({ client, options, redactor, clock: context.clock })
}
