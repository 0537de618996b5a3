import type { Upscaler, UpscalerCheck } from '@unplugin-hd/core'
import { failedCheck } from '../api/check-account.ts'
import { SYSTEM, type WechatContext } from '../context.ts'
import { meteredUpscaler } from '../upscaler/metered.ts'
import { Redactor } from '../errors/redact.ts'
import { type RelayClient, relayClientOf } from './client.ts'
import { type ResolvedRelayOptions, resolveRelayOptions, type WechatRelayOptions } from './options.ts'

/**
 * {@link wechat} through the cloud function of this package. The build machine needs neither a token nor an entry in the IP
 * whitelist, only a secret shared with the function.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example [wechatRelay({ endpoint: 'https://env-id.service.tcloudbase.com/hd' }), neural()]
 */
export function wechatRelay(options: WechatRelayOptions): Upscaler {
  return relayUpscalerOf(resolveRelayOptions(options), SYSTEM)
}

/** The same with a given clock and environment. */
export function relayUpscalerOf(options: ResolvedRelayOptions, context: WechatContext): Upscaler {
  const redactor = new Redactor()
  const client = relayClientOf(options, context, redactor)
  const upscaler = meteredUpscaler({ client, options, redactor, clock: context.clock })
  return { ...upscaler, check: ({ signal }) => checkRelay(client, options.dailyBudget, signal) }
}

/** Does not report the calls left, because cloud calls cannot query them. */
async function checkRelay(client: RelayClient, dailyBudget: number, signal: AbortSignal): Promise<UpscalerCheck> {
  try {
    await client.check(signal)
    return { ok: true, facts: { 'cloud function': 'lets this machine in', dailyBudget } }
  } catch (error) {
    return failedCheck(error)
  }
}
