import { expect, test } from 'vitest'
import { credentialsOf } from './secrets.ts'

test('a percent sign in a password need not be escaped', () => {
  expect(credentialsOf(new URL('redis://me:50%25@host'))).toEqual({ username: 'me', password: '50%' })
  expect(credentialsOf(new URL('redis://me:50%x@host'))).toEqual({ username: 'me', password: '50%x' })
})
