import { errorMessage } from '../errors.ts'
import type { Logger, Upscaler } from './upscaler.ts'

/** The current users of each upscaler: several builds of a process may share one object. */
const users = new WeakMap<Upscaler, Set<object>>()

/** Keeps the upscalers open until `user` releases them. */
export function holdUpscalers(upscalers: readonly Upscaler[], user: object): void {
  for (const upscaler of upscalers) {
    const held = users.get(upscaler)
    if (held) held.add(user)
    else users.set(upscaler, new Set([user]))
  }
}

/** Closes every upscaler without further users. A failure is only a warning, because the images are complete. */
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
