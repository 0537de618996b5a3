import { HdError } from '../errors.ts'
import { nearestTo, refuseUnknown } from '../unknown-keys.ts'
import { type Option, type Options, typeOf } from './option.ts'

/**
 * The options with their defaults, as a new object.
 * @param owner names the function in messages: `neural()`
 * @param prefix of options within an option: `cache.`
 * @throws HdError `HD_OPTION` for an unknown key or a value that is not allowed
 */
export function readOptions<T extends object>(owner: string, given: unknown, options: Options<T>, prefix: string = ''): T {
  const keys = Object.keys(options) as (keyof T & string)[]
  refuseUnknown(given as object, keys, owner, prefix)
  const values = given as Record<string, unknown>
  return Object.fromEntries(keys.map((key) => [key, readOption(owner, prefix + key, values[key], options[key])])) as T
}

/** The value of one option, or its default. @throws HdError `HD_OPTION` if the value is not allowed */
export function readOption<T>(owner: string, name: string, given: unknown, option: Option<T>): T {
  const value = given ?? (given === null ? null : option.default)
  if (value === undefined) {
    if (option.required) throw refusedOption(owner, name, 'missing', option.expected)
    // An option without a default has `undefined` among its types.
    return undefined as T
  }
  const parsed = option.parse(value)
  if (parsed !== undefined) return parsed
  const nearest = typeof value === 'string' && option.names ? nearestTo(value, option.names) : undefined
  throw refusedOption(owner, name, (option.show ?? show)(value), option.expected, nearest && `Did you mean '${nearest}'?`)
}

/** The error for a value that is not allowed. @param shown the value, as the message shows it */
export function refusedOption(owner: string, name: string, shown: string, expected: string, remedy?: string): HdError {
  return new HdError('HD_OPTION', `${owner}: the option '${name}' is ${shown}, expected ${expected}`, { remedy })
}

/** The value where it is short and plain, else its type. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return typeof value === 'object' || typeof value === 'function' ? typeOf(value) : String(value)
}
