import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { errorMessage, formatError, HdError, inFile, isHdError, toHdError, withDocs } from './errors.ts'
import { HOSTILE } from './testing/hostile.ts'

test('the message of an error ends with its remedy', () => {
  const cause = new Error('why')
  const error = new HdError('HD_FIT', 'it is too large', { remedy: 'Shrink it', file: 'a.png', cause })
  expect(error).toMatchObject({
    name: 'HdError',
    message: 'it is too large. Shrink it',
    remedy: 'Shrink it',
    file: 'a.png',
    cause,
  })
  expect(new HdError('HD_FIT', 'it is too large')).not.toHaveProperty('cause')
})

test('formats an error as one line', () => {
  const error = new HdError('HD_FIT', 'it is\n too large.', { file: 'a.png' })
  expect(formatError(error)).toBe('a.png: it is\\n too large (HD_FIT)')
  expect(formatError(new HdError('HD_FIT', 'too large', { remedy: 'Shrink it' }))).toBe('too large. Shrink it (HD_FIT)')
  expect(errorMessage(new Error(' first\n  second '))).toBe('first; second')
  expect(errorMessage(undefined)).toBe('undefined')
})

test('an error has the address of the documentation of its code, or the one that an upscaler gives', () => {
  const error = new HdError('HD_FIT', 'it is too large')
  expect(error.docs).toBe('https://unplugin-hd.github.io/unplugin-hd/errors#HD_FIT')
  expect(withDocs(formatError(error), error)).toBe(`it is too large (HD_FIT)\nSee ${error.docs}`)
  const own = new HdError('MY_CODE', 'mine')
  expect(own.docs).toBeUndefined()
  expect(withDocs(formatError(own), own)).toBe('mine (MY_CODE)')
  expect(new HdError('MY_CODE', 'mine', { docs: 'https://example.com/a' }).docs).toBe('https://example.com/a')
})

test('recognises errors of a second copy of the package', () => {
  expect(isHdError({ isHdError: true, code: 'HD_FIT' })).toBe(true)
  for (const other of [null, undefined, 'HD_FIT', new Error('HD_FIT'), {}]) expect(isHdError(other)).toBe(false)
})

test('converts any thrown value to an HdError, and keeps its code', () => {
  const own = new HdError('MY_CODE', 'mine', { file: 'a.png' })
  expect(toHdError(own, 'HD_FIT', 'what', { file: 'b.png' })).toBe(own)
  const other = toHdError('a text', 'HD_FIT', 'it failed', { file: 'b.png' })
  expect(other).toMatchObject({ code: 'HD_FIT', message: 'it failed: a text', file: 'b.png', cause: 'a text' })
})

test('adds the file to a copy of an error, so that other images are not affected', () => {
  class ServiceError extends HdError {
    readonly status = 503
  }
  const shared = new ServiceError('MY_CODE', 'out of service')
  const named = inFile(shared, 'a.png')
  expect(named).toBeInstanceOf(ServiceError)
  expect(named).toMatchObject({ code: 'MY_CODE', message: 'out of service', status: 503, file: 'a.png' })
  expect(named.stack).toBe(shared.stack)
  expect(shared.file).toBeUndefined()
  expect(inFile(named, 'b.png')).toBe(named)
  expect(inFile(shared, undefined)).toBe(shared)
})

test('escapes control characters', () => {
  const error = new HdError('HD_FIT', 'it said \u001B[31m\u009B2J', { file: 'a\n\u202Eb.png', remedy: 'Do\u2028so' })
  expect(error.message).toBe('it said \\x1b[31m\\x9b2J. Do\\u2028so')
  expect(formatError(error)).toBe('a\\n\\u202eb.png: it said \\x1b[31m\\x9b2J. Do\\u2028so (HD_FIT)')
  expect(errorMessage(new Error('one\n two\u001B]0;x\u0007'))).toBe('one; two\\x1b]0;x\\x07')
})

test.each(HOSTILE)('a thrown %s becomes a readable error', (_, value) => {
  const error = toHdError(value, 'HD_UPSCALE_FAILED', 'it failed', { file: 'a.png' })
  expect(isHdError(error)).toBe(true)
  expect(error.file).toBe('a.png')
  expect(formatError(error)).toMatch(/^a\.png: .+ \(HD_(?:UPSCALE_FAILED|FIT)\)$/)
  expect(error.message.length).toBeLessThan(5000)
  expect(inspect(error)).toBeTypeOf('string')
})
