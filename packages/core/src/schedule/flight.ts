import { isHdError } from '../errors.ts'
import type { Turn } from './turn.ts'

const flights = new Map<string, Promise<unknown>>()

/**
 * Runs `work`, or joins a running call with the same key. The map is shared by all instances in the process, because bundlers
 * create several (one per environment). Nothing is kept after the call settles.
 */
export function singleFlight<T>(key: string, work: () => Promise<T>): Promise<T> {
  const current = flights.get(key)
  if (current) return current as Promise<T>
  const flight = work().finally(() => flights.delete(key))
  flights.set(key, flight)
  return flight
}

/**
 * The same for work that takes a slot in the pool. A caller that joins gives up its slot, and starts again if the call it joined
 * was cancelled.
 * @param work enters the turn when it needs the slot
 */
export async function shareWork<T>(
  key: string,
  turn: Turn,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ result: T; joined: boolean }> {
  for (;;) {
    let joined = true
    const flight = singleFlight(key, () => {
      joined = false
      return work()
    })
    if (joined) turn.leave()
    try {
      return { result: await flight, joined }
    } catch (error) {
      // The joined call was cancelled by its own caller; this one still needs the result.
      if (!joined || signal.aborted || !isHdError(error) || error.code !== 'HD_ABORTED') throw error
    }
  }
}
