import { HdError } from '@unplugin-hd/core'

/** @throws HdError `HD_OPTION`, when the value is no whole number from `least` to `most` */
export function integer(key: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw refuse(`\`${key}\``, `a whole number from ${least} to ${most}`, value)
}

export function refuse(subject: string, expected: string, arrived: unknown): HdError {
  const shown = typeof arrived === 'string' ? `'${arrived}'` : String(arrived)
  return new HdError('HD_OPTION', `neural() expected ${subject} to be ${expected}, got ${shown}`)
}
