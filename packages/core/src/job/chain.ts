import type { ResolvedOptions } from '../options.ts'
import { resample } from '../upscaler/resample.ts'
import type { Logger, Upscaler } from '../upscaler/upscaler.ts'

/** The fallback when no other upscaler may be called; a single object, so that it counts once in a set. */
export const LAST_RESORT: Upscaler = resample()

/** The upscalers that may be called, first to last. @param skipMetered leaves out metered ones */
export function chainOf({ upscalers }: ResolvedOptions, skipMetered: boolean): readonly Upscaler[] {
  if (!skipMetered || !upscalers.some((upscaler) => upscaler.metered)) return upscalers
  const others = upscalers.filter((upscaler) => !upscaler.metered)
  return others.length > 0 ? others : [LAST_RESORT]
}

/** Options whose user was already told that metered upscalers are skipped. */
const told = new WeakSet<ResolvedOptions>()

/** Reports skipped metered upscalers once per set of options. */
export function tellSkipped(chain: readonly Upscaler[], options: ResolvedOptions, log: Logger): void {
  if (chain === options.upscalers || told.has(options)) return
  told.add(options)
  const metered = options.upscalers.find((upscaler) => upscaler.metered)!
  log.warn(`'${metered.name}' is metered and is not called here: images that it has not made yet are made by '${chain[0]!.name}'`)
}
