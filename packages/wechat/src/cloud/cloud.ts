import type { Upscaler } from '@unplugin-hd/core'
import { type Surroundings, SYSTEM } from '../client.ts'
import { meteredUpscaler } from '../metered.ts'
import { Redactor } from '../redact.ts'
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

/** The same with time and environment of one's own. */
export function cloudUpscalerOf(options: ResolvedCloudOptions, surroundings: Surroundings): Upscaler {
  const redactor = new Redactor()
  const client = cloudClientOf(options, surroundings, redactor)
  return meteredUpscaler({ client, options, redactor, clock: surroundings.clock })
}
