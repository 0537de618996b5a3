import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createWechatClient } from './api/client.ts'
import { CLIENT_OPTIONS } from './api/options.ts'
import { resolveOptions } from './options.ts'
import { UPSCALER_OPTIONS } from './upscaler/options.ts'
import { wechat } from './wechat.ts'

test.each([
  [{ appId: 'x' }, /^wechat\(\): the option 'appId' is unknown\. Did you mean 'appid'\? Allowed are 'accessToken', 'appid'/],
  [{ accessToken: 7 }, /'accessToken' is a number, expected a string that is not empty, or a function/],
  [{ accessToken: '' }, /'accessToken'/],
  [{ appid: 7 }, /'appid'/],
  [{ secret: '' }, /'secret'/],
  [{ tokenEndpoint: 'tokens' }, /'tokenEndpoint' is 'tokens', expected 'stable_token', 'token'\. Did you mean 'token'/],
  [{ auth: 'basic' }, /'auth'/],
  [{ baseUrl: 'api.weixin.qq.com' }, /'baseUrl'/],
  [{ baseUrl: 'ftp://api.weixin.qq.com' }, /'baseUrl'/],
  [{ baseUrl: 'http://api.weixin.qq.com' }, /'baseUrl' is 'http:.*expected an https: URL.*auth: 'none'/],
  [{ baseUrl: 'http://127.0.0.1.example.com' }, /an https: URL/],
  [{ baseUrl: 'https://api.weixin.qq.com?access_token=abcdef' }, /without credentials/],
  [{ baseUrl: 'https://user:password@api.weixin.qq.com' }, /without credentials/],
  [{ attemptTimeoutMs: 0 }, /'attemptTimeoutMs' is 0, expected a whole number from 1 to 600000/],
  [{ totalTimeoutMs: Infinity }, /'totalTimeoutMs'/],
  [{ retries: 11 }, /'retries'/],
  [{ maxDownloadBytes: '1' }, /'maxDownloadBytes' is '1'/],
  [{ publicUrl: 'https://example.com' }, /'publicUrl'.*a function/],
  [{ maxUploadBytes: 2_097_153 }, /'maxUploadBytes'/],
  [{ concurrency: 0 }, /'concurrency'/],
  [{ minIntervalMs: -1 }, /'minIntervalMs'/],
  [{ dailyBudget: 1.5 }, /'dailyBudget'/],
  [null, /^wechat\(\): the options are null, expected an object/],
])('refuses %j', (options, message) => {
  expect(() => wechat(options as never)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

test('the client refuses options of the upscaler', () => {
  const wrong = expect.objectContaining({ code: 'HD_OPTION', message: expect.stringContaining("'dailyBudget' is unknown") })
  expect(() => createWechatClient({ dailyBudget: 1 } as never)).toThrow(wrong)
})

test('an error shows no part of a credential', () => {
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

test("fills in defaults without modifying the caller's object", () => {
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
])('accepts the address %s', (baseUrl, expected) => {
  expect(resolveOptions({ baseUrl }).baseUrl).toBe(expected)
})

test("http: is also allowed with auth 'none'", () => {
  expect(resolveOptions({ auth: 'none', baseUrl: 'http://api.weixin.qq.com' }).baseUrl).toBe('http://api.weixin.qq.com')
})

test('WECHAT_BASE_URL is the default of `baseUrl`, with the same checks', () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('WECHAT_BASE_URL', 'http://127.0.0.1:8787/')
  expect(resolveOptions().baseUrl).toBe('http://127.0.0.1:8787')
  expect(resolveOptions({ baseUrl: 'https://example.com' }).baseUrl).toBe('https://example.com')
  vi.stubEnv('WECHAT_BASE_URL', 'http://example.com')
  expect(() => resolveOptions()).toThrow(/an https: URL/)
})

test('README.md states the default of every option that has one', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const [name, option] of Object.entries({ ...CLIENT_OPTIONS, ...UPSCALER_OPTIONS })) {
    expect(readme).toContain(`\`${name}\``)
    if (option.default === undefined) continue
    const value = typeof option.default === 'string' ? `\`'${option.default}'\`` : String(option.default)
    expect(readme).toContain(`| \`${name}\` | ${value} |`)
  }
})
