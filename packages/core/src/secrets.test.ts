import { expect, test } from 'vitest'
import { credentialsOf, escapedUrl } from './secrets.ts'

test('a percent sign in a password need not be escaped', () => {
  expect(credentialsOf(new URL('redis://me:50%25@host'))).toEqual({ username: 'me', password: '50%' })
  expect(credentialsOf(new URL('redis://me:50%x@host'))).toEqual({ username: 'me', password: '50%x' })
  expect(credentialsOf(new URL('redis://me:p%40ss50%x@host'))).toEqual({ username: 'me', password: 'p@ss50%x' })
  expect(credentialsOf(new URL('redis://me:%ff@host'))).toEqual({ username: 'me', password: '%ff' })
})

test('a URL for libraries has its percent signs escaped, and stays the same otherwise', () => {
  expect(escapedUrl(new URL('redis://me:50%x@host/1?a=b'))).toBe('redis://me:50%25x@host/1?a=b')
  for (const url of ['redis://:p%40ss%2Fw@host:1/2', 'redis://host']) expect(escapedUrl(new URL(url))).toBe(url)
})
