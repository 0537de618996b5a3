import type { Upscaler } from '@unplugin-hd/core'
import { type Surroundings, SYSTEM } from '../client.ts'
import { meteredUpscaler } from '../metered.ts'
import { Redactor } from '../redact.ts'
import { relayClientOf } from './client.ts'
import { type ResolvedRelayOptions, resolveRelayOptions, type WechatRelayOptions } from './options.ts'

/**
 * {@link wechat} by way of the cloud function of this package: the machine that builds needs neither a token nor a place in the
 * IP whitelist, but a secret that the function knows.
 * @throws HdError `HD_OPTION`, when an option is unknown or has a value that is not allowed
 * @example [wechatRelay({ endpoint: 'https://env-id.service.tcloudbase.com/hd' }), neural()]
 */
export function wechatRelay(options: WechatRelayOptions): Upscaler {
  return relayUpscalerOf(resolveRelayOptions(options), SYSTEM)
}

/** The same with time and environment of one's own. */
export function relayUpscalerOf(options: ResolvedRelayOptions, surroundings: Surroundings): Upscaler {
  const redactor = new Redactor()
  const client = relayClientOf(options, surroundings, redactor)
  return meteredUpscaler({ client, options, redactor, clock: surroundings.clock })
}
