/** The header `Retry-After`, a number of seconds or a date (RFC 9110), in milliseconds. @param now in milliseconds since 1970 */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
