import { closestMatch } from 'leven'
import { HdError } from './errors.ts'

/**
 * @param owner the owner of the options in messages: `unplugin-hd`, `neural()`
 * @param prefix of nested options: `cache.`
 * @throws HdError `HD_OPTION` if `value` is not an object or has a key that is not in `keys`; it names the nearest and all allowed keys
 */
export function refuseUnknown(value: object, keys: readonly string[], owner: string, prefix: string = ''): void {
  if (typeof value !== 'object' || value === null) {
    const what = prefix ? `the option '${prefix.slice(0, -1)}' is` : 'the options are'
    throw new HdError('HD_OPTION', `${owner}: ${what} ${String(value)}, expected an object`)
  }
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown === undefined) return
  throw new HdError('HD_OPTION', `${owner}: the option '${prefix}${unknown}' is unknown`, {
    remedy: allowedInstead(unknown, keys),
  })
}

/** `Did you mean 'quality'? Allowed are 'format', 'quality'`; without the question when none is near. */
export function allowedInstead(name: string, allowed: readonly string[], what: string = 'Allowed are'): string {
  const nearest = nearestTo(name, allowed)
  return `${nearest === undefined ? '' : `Did you mean '${nearest}'? `}${what} ${quoted(allowed)}`
}

/** The allowed name that was probably meant: a typo away, or in another case. */
export function nearestTo(name: string, allowed: readonly string[]): string | undefined {
  const sameLetters = allowed.find((each) => each.toLowerCase() === name.toLowerCase())
  // Too long to be a typo, and slow to compare.
  if (sameLetters !== undefined || name.length > 40) return sameLetters
  return closestMatch(name, allowed, { maxDistance: Math.ceil(name.length / 3) })
}

/** `'one', 'two'` */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}
