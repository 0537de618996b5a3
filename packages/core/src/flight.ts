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
