import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isWechatError, WECHAT_CODES, WechatError } from './errors.ts'

test('the README lists every code with its condition', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `(WECHAT_\w+)` \| (.+) \|$/gm)].map(([, code, condition]) => [code, condition])
  expect(Object.fromEntries(rows)).toEqual(WECHAT_CODES)
})

test('is recognised across copies of this package', () => {
  const error = new WechatError('WECHAT_IMAGE', 'no')
  expect(isWechatError(error)).toBe(true)
  expect(isWechatError(Object.assign(new Error('no'), { name: 'WechatError', isHdError: true }))).toBe(true)
  expect(isWechatError(new Error('no'))).toBe(false)
  expect(isWechatError(undefined)).toBe(false)
})
