import { isHdError } from '../errors.ts'
import type { Turn } from './turn.ts'

const flights = new Map<string, Promise<unknown>>()

/**
 * Runs `work`, or joins the run of the same key that is already under way in this process. The map is shared by all
 * instances, because bundlers make several (one for each environment). Failures are forgotten like successes.
 */
export function singleFlight<T>(key: string, work: () => Promise<T>): Promise<T> {
  const current = flights.get(key)
  if (current) return current as Promise<T>
  const flight = work().finally(() => flights.delete(key))
  flights.set(key, flight)
  return flight
}

/**
 * The same for work that takes room: whoever joins leaves theirs, and starts anew when whoever did the work was cancelled.
 * @param work enters the turn where it needs room
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
      // Somebody else cancelled the work that we had joined; for us it is still wanted.
      if (!joined || signal.aborted || !isHdError(error) || error.code !== 'HD_ABORTED') throw error
    }
  }
}
