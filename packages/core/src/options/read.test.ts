import { expect, test } from 'vitest'
import { boolean, guarded, integer, oneOf, required, secret, string } from './option.ts'
import { readOptions } from './read.ts'

const TABLE = {
  size: integer({ min: 1, max: 9, default: 3 }),
  bytes: integer({ min: 0 }),
  mode: oneOf(['fast', 'exact'], 'fast'),
  strict: boolean(false),
  name: string('a name'),
  token: secret(),
  call: guarded('a function', (value) => typeof value === 'function'),
}
const read = (given: unknown) => readOptions('make()', given, TABLE, 'x.')

test('options that are not set have their default, or are undefined', () => {
  const given = Object.freeze({ size: undefined })
  const none = { bytes: undefined, name: undefined, token: undefined, call: undefined }
  expect(read(given)).toEqual({ size: 3, mode: 'fast', strict: false, ...none })
  expect(read({ size: 9, mode: 'exact', strict: true, name: 'n' })).toMatchObject({
    size: 9,
    mode: 'exact',
    strict: true,
    name: 'n',
  })
})

test.each([
  [{ sise: 1 }, "make(): the option 'x.sise' is unknown. Did you mean 'size'? Allowed are 'size', 'bytes'"],
  [{ size: 0 }, "make(): the option 'x.size' is 0, expected a whole number from 1 to 9"],
  [{ size: null }, "'x.size' is null, expected a whole number"],
  [{ size: '3' }, "'x.size' is '3', expected a whole number"],
  [{ bytes: 1.5 }, "'x.bytes' is 1.5, expected a whole number of at least 0"],
  [{ bytes: Infinity }, "'x.bytes' is Infinity"],
  [{ mode: 'fats' }, "'x.mode' is 'fats', expected 'fast', 'exact'. Did you mean 'fast'?"],
  [{ strict: 1 }, "'x.strict' is 1, expected true or false"],
  [{ name: '' }, "'x.name' is '', expected a name"],
  [{ call: {} }, "'x.call' is an object, expected a function"],
  [null, "make(): the option 'x' is null, expected an object"],
])('%j is refused with its name, the value and the allowed values', (given, message) => {
  expect(() => read(given)).toThrow(expect.objectContaining({ code: 'HD_OPTION', message: expect.stringContaining(message) }))
})

test('a required option must be set', () => {
  expect(() => readOptions('make()', {}, { call: required(TABLE.call) })).toThrow(
    "the option 'call' is missing, expected a function",
  )
})

test('a secret is never shown', () => {
  expect(() => read({ token: ['abc'] })).toThrow(/'x.token' is a list, expected a string that is not empty$/)
  expect(() => read({ token: '' })).toThrow(/'x.token' is an empty string/)
})
