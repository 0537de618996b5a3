import { formatError, isHdError, type UpscalerCheck } from '@unplugin-hd/core'
import type { WechatClient } from './client.ts'
import { isWechatError } from '../errors/errors.ts'

/**
 * Checks that the account gets a token, and how many calls are left today. Free.
 * @param budget the option `dailyBudget`
 */
export async function checkAccount(client: WechatClient, budget: number, signal: AbortSignal): Promise<UpscalerCheck> {
  try {
    const { dailyLimit, used, remain } = await client.quota({ signal })
    const facts = { 'calls left today': remain, 'calls made today': used, 'calls a day': dailyLimit, dailyBudget: budget }
    if (remain > 0) return { ok: true, facts }
    return { ok: false, facts, advice: "Today's calls are used up: wait until tomorrow (Beijing time), or buy a resource pack" }
  } catch (error) {
    return failedCheck(error)
  }
}

/** Describes a failed check. @throws anything but an HdError, because that is a bug */
export function failedCheck(error: unknown): UpscalerCheck {
  if (!isHdError(error)) throw error
  const known = isWechatError(error) ? { errcode: error.errcode, rid: error.rid } : {}
  const facts = Object.fromEntries(Object.entries({ code: error.code, ...known }).filter(([, value]) => value !== undefined))
  return { ok: false, facts: facts as UpscalerCheck['facts'], advice: formatError(error) }
}
