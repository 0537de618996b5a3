import type { Upscaler } from '@unplugin-hd/core'
import { checkAccount } from './api/check-account.ts'
import { clientOf } from './api/client.ts'
import { SYSTEM, type WechatContext } from './context.ts'
import { meteredUpscaler } from './upscaler/metered.ts'
import { type ResolvedOptions, resolveOptions, type WechatOptions } from './options.ts'
import { Redactor } from './errors/redact.ts'

/**
 * An upscaler that doubles images with WeChat's `img.superresolution`. It uploads images, and its calls are metered. The API may
 * no longer exist, so add a fallback upscaler.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example [wechat({ appid: 'wx…' }), neural()]
 */
export function wechat(options?: WechatOptions): Upscaler {
  return upscalerOf(resolveOptions(options), SYSTEM)
}

/** The same with a given clock and environment. */
export function upscalerOf(options: ResolvedOptions, context: WechatContext): Upscaler {
  const redactor = new Redactor()
  const client = clientOf(options, context, redactor)
  const disturbs = options.tokenEndpoint === 'token' && options.auth === 'access_token'
  const warning = disturbs
    ? "tokenEndpoint 'token' invalidates the access token of every other program of this account"
    : undefined
  const upscaler = meteredUpscaler({ client, options, redactor, clock: context.clock, warning })
  return { ...upscaler, check: ({ signal }) => checkAccount(client, options.dailyBudget, signal) }
}
