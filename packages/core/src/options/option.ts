import { quoted } from '../unknown-keys.ts'

/** How one option is read. A table of them is the schema of a function's options. */
export interface Option<T> {
  /** What is allowed, as messages say it: `a whole number from 1 to 100`. */
  readonly expected: string
  /** The value in its resolved form; `undefined` if it is not allowed. */
  parse(value: unknown): T | undefined
  /** The value of an option that is not set; parsed like a given value. */
  readonly default?: unknown
  /** Refused when it is not set. */
  readonly required?: boolean
  /** The allowed names, to suggest the nearest. */
  readonly names?: readonly string[]
  /** How messages show a value that is refused. @default strings and numbers as they are, else the type */
  show?(value: unknown): string
}

/** The options that resolve to `T`, one for each of its keys. */
export type Options<T> = { readonly [Key in keyof T]-?: Option<T[Key]> }

interface Range<Default> {
  min: number
  /** @default no limit */
  max?: number
  default?: Default
}

/** A whole number from `min` to `max`. */
export function integer<Default extends number | undefined = undefined>({
  min,
  max,
  default: fallback,
}: Range<Default>): Option<number | Default> {
  return {
    expected: max === undefined ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
    parse: (value) =>
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= (max ?? Infinity)
        ? (value as number)
        : undefined,
    default: fallback,
  }
}

/** One of a list of names. */
export function oneOf<Name extends string, Default extends Name | undefined = undefined>(
  names: readonly Name[],
  fallback?: Default,
): Option<Name | Default> {
  return { expected: quoted(names), parse: (value) => names.find((name) => name === value), default: fallback, names }
}

export function boolean(fallback: boolean): Option<boolean> {
  return { expected: 'true or false', parse: (value) => (typeof value === 'boolean' ? value : undefined), default: fallback }
}

/** A string that is not empty. @param expected what messages call it */
export function string(expected = 'a string that is not empty'): Option<string | undefined> {
  return { expected, parse: (value) => (typeof value === 'string' && value !== '' ? value : undefined) }
}

/** A string that is not empty and that no message shows. */
export function secret(): Option<string | undefined> {
  return { ...string(), show: typeOf }
}

/** A value that passes `is`. */
export function guarded<T>(expected: string, is: (value: unknown) => value is T): Option<T | undefined> {
  return { expected, parse: (value) => (is(value) ? value : undefined) }
}

/** Any value; its user checks it. */
export function unchecked<T>(fallback?: T): Option<T | undefined> {
  return { expected: 'anything', parse: (value) => value as T, default: fallback }
}

/** The same option, refused when it is not set. */
export function required<T>(option: Option<T | undefined>): Option<T> {
  return { ...(option as Option<T>), required: true }
}

/** `a number`, `an empty string`: says nothing of the value itself. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
