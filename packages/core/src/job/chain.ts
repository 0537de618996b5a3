import type { ResolvedOptions } from '../options.ts'
import { resample } from '../upscaler/resample.ts'
import type { Logger, Upscaler } from '../upscaler/upscaler.ts'

/** Where nothing else may be asked; always the same object, so that it counts once in a set. */
export const LAST_RESORT: Upscaler = resample()

/** The upscalers that may be asked to work, first to last. @param skipMetered metered ones are not called */
export function chainOf({ upscalers }: ResolvedOptions, skipMetered: boolean): readonly Upscaler[] {
  if (!skipMetered || !upscalers.some((upscaler) => upscaler.metered)) return upscalers
  const others = upscalers.filter((upscaler) => !upscaler.metered)
  return others.length > 0 ? others : [LAST_RESORT]
}

/** Options whose user has been told that a metered upscaler is not called. */
const told = new WeakSet<ResolvedOptions>()

/** Says once when the chain is not all of the upscalers. */
export function tellSkipped(chain: readonly Upscaler[], options: ResolvedOptions, log: Logger): void {
  if (chain === options.upscalers || told.has(options)) return
  told.add(options)
  const metered = options.upscalers.find((upscaler) => upscaler.metered)!
  log.warn(`'${metered.name}' is metered and not called here: what it has not made yet is made by '${chain[0]!.name}'`)
}
