import { errorMessage } from '../errors.ts'
import type { Logger, Upscaler } from './upscaler.ts'

/** Who uses an upscaler at the moment: one object may be given to several builds of a process. */
const users = new WeakMap<Upscaler, Set<object>>()

/** From now on the upscaler is not closed before `user` has released it. */
export function holdUpscalers(upscalers: readonly Upscaler[], user: object): void {
  for (const upscaler of upscalers) {
    const held = users.get(upscaler)
    if (held) held.add(user)
    else users.set(upscaler, new Set([user]))
  }
}

/** Closes every upscaler whose last user this was. The images are made by then, so a failure is worth a warning only. */
export async function releaseUpscalers(upscalers: readonly Upscaler[], user: object, log: Logger): Promise<void> {
  const last = upscalers.filter((upscaler) => {
    const held = users.get(upscaler)
    return held?.delete(user) && held.size === 0
  })
  await Promise.all(
    last.map(async (upscaler) => {
      try {
        await upscaler.close?.()
      } catch (error) {
        log.warn(`the upscaler '${upscaler.name}' could not be closed: ${errorMessage(error)}`)
      }
    }),
  )
}
