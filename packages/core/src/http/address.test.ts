import { expect, test } from 'vitest'
import { isExposed, isServerAddress } from './address.ts'
import { retryAfterMs } from './retry-after.ts'

test.each([
  ['https://host', true],
  ['http://host:8000/path/', true],
  ['https://me@host', false],
  ['https://me:word@host', false],
  ['https://host?a=b', false],
  ['https://host#a', false],
  ['ftp://host', false],
  ['host', false],
  [undefined, false],
])('%s is the address of a server: %s', (value, expected) => {
  expect(isServerAddress(value)).toBe(expected)
})

test.each([
  ['https://host', false],
  ['http://host', true],
  ['http://127.0.0.1.example.com', true],
  ['http://localhost:1', false],
  ['http://127.1.2.3', false],
  ['http://[::1]/', false],
])('what is sent to %s can be read by others: %s', (url, expected) => {
  expect(isExposed(url)).toBe(expected)
})

test.each([
  ['7', 7000],
  ['Thu, 01 Jan 1970 00:00:05 GMT', 4000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After of %s is %s milliseconds', (value, ms) => {
  expect(retryAfterMs(value, 1000)).toBe(ms)
})
