import { expect, onTestFinished, test, vi } from 'vitest'
import { createWechatClient } from './api/client.ts'
import { resolveOptions } from './options.ts'
import { wechat } from './wechat.ts'

test.each([
  [{ appId: 'x' }, /^wechat\(\): the option 'appId' is unknown\. Did you mean 'appid'\? Allowed are 'accessToken', 'appid'/],
  [{ accessToken: 7 }, /`accessToken`.*got number/],
  [{ accessToken: '' }, /`accessToken`/],
  [{ appid: 7 }, /`appid`/],
  [{ secret: '' }, /`secret`/],
  [{ tokenEndpoint: 'tokens' }, /`tokenEndpoint`.*'stable_token' or 'token'.*got 'tokens'/],
  [{ auth: 'basic' }, /`auth`/],
  [{ baseUrl: 'api.weixin.qq.com' }, /`baseUrl`/],
  [{ baseUrl: 'ftp://api.weixin.qq.com' }, /`baseUrl`/],
  [{ baseUrl: 'http://api.weixin.qq.com' }, /https: address.*auth: 'none'/],
  [{ baseUrl: 'http://127.0.0.1.example.com' }, /https: address/],
  [{ baseUrl: 'https://api.weixin.qq.com?access_token=abcdef' }, /without credentials/],
  [{ baseUrl: 'https://user:password@api.weixin.qq.com' }, /without credentials/],
  [{ attemptTimeoutMs: 0 }, /`attemptTimeoutMs`.*from 1 to 600000, got 0/],
  [{ totalTimeoutMs: Infinity }, /`totalTimeoutMs`/],
  [{ retries: 11 }, /`retries`/],
  [{ maxDownloadBytes: '1' }, /`maxDownloadBytes`.*got '1'/],
  [{ publicUrl: 'https://example.com' }, /`publicUrl`.*a function/],
  [{ maxUploadBytes: 2_097_153 }, /`maxUploadBytes`/],
  [{ concurrency: 0 }, /`concurrency`/],
  [{ minIntervalMs: -1 }, /`minIntervalMs`/],
  [{ dailyBudget: 1.5 }, /`dailyBudget`/],
  [null, /^wechat\(\): the options are null, expected an object/],
])('refuses %j', (options, message) => {
  expect(() => wechat(options as never)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

test('the client refuses what only the upscaler knows', () => {
  const wrong = expect.objectContaining({ code: 'HD_OPTION', message: expect.stringContaining("'dailyBudget' is unknown") })
  expect(() => createWechatClient({ dailyBudget: 1 } as never)).toThrow(wrong)
})

test('a refusal shows no part of a credential', () => {
  for (const options of [
    { baseUrl: 'https://user:password@h?access_token=abcdef' },
    { secret: ['abcdef'] },
    { accessToken: ['abcdef'] },
  ]) {
    expect(() => wechat(options as never)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/abcdef|password/) }),
    )
  }
})

test('fills in the defaults and leaves the object of the caller alone', () => {
  expect(resolveOptions(Object.freeze({}))).toEqual({
    accessToken: undefined,
    appid: undefined,
    secret: undefined,
    tokenEndpoint: 'stable_token',
    auth: 'access_token',
    baseUrl: 'https://api.weixin.qq.com',
    attemptTimeoutMs: 60_000,
    totalTimeoutMs: 300_000,
    retries: 4,
    maxDownloadBytes: 67_108_864,
    publicUrl: undefined,
    maxUploadBytes: 1_999_999,
    concurrency: 2,
    minIntervalMs: 0,
    dailyBudget: 100,
  })
})

test.each([
  ['http://localhost:8787/', 'http://localhost:8787'],
  ['http://[::1]:8787', 'http://[::1]:8787'],
  ['https://sh.api.weixin.qq.com', 'https://sh.api.weixin.qq.com'],
])('takes the address %s', (baseUrl, expected) => {
  expect(resolveOptions({ baseUrl }).baseUrl).toBe(expected)
})

test("http: is for auth 'none' too", () => {
  expect(resolveOptions({ auth: 'none', baseUrl: 'http://api.weixin.qq.com' }).baseUrl).toBe('http://api.weixin.qq.com')
})

test('WECHAT_BASE_URL stands where `baseUrl` is left out, and is checked like it', () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('WECHAT_BASE_URL', 'http://127.0.0.1:8787/')
  expect(resolveOptions().baseUrl).toBe('http://127.0.0.1:8787')
  expect(resolveOptions({ baseUrl: 'https://example.com' }).baseUrl).toBe('https://example.com')
  vi.stubEnv('WECHAT_BASE_URL', 'http://example.com')
  expect(() => resolveOptions()).toThrow(/https: address/)
})
