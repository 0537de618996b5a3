import { describe, expect, test } from 'vitest'
import { DAY } from './clock.ts'
import { download, encodedImage, postJson, start, tokenOf, upload, type Said } from './harness.ts'
import type { WechatEmulator } from './emulator.ts'

const PATH = '/cv/img/superresolution'

function quota(emulator: WechatEmulator, path: unknown): Promise<Said> {
  return postJson(`${emulator.url}/cgi-bin/openapi/quota/get?access_token=${tokenOf(emulator)}`, { cgi_path: path })
}

function rid(emulator: WechatEmulator, id: unknown, account = 0): Promise<Said> {
  const token = emulator.accounts[account]!.tokens.stable(false).access_token
  return postJson(`${emulator.url}/cgi-bin/openapi/rid/get?access_token=${token}`, { rid: id })
}

describe('quota/get', () => {
  test('returns the remaining quota without using it [4.1, 4.2]', async () => {
    const emulator = await start({ accounts: [{ dailyQuota: 5, minuteQuota: 3 }] })
    await upload(emulator, await encodedImage())
    const expected = { errcode: 0, errmsg: 'ok', quota: { daily_limit: 5, used: 1, remain: 4 } }
    const rate = { rate_limit: { call_count: 3, refresh_second: 60 } }
    expect((await quota(emulator, PATH)).json).toEqual({ ...expected, ...rate })
    expect((await quota(emulator, PATH)).json).toEqual({ ...expected, ...rate })
  })

  test('accepts only a path with a leading slash and without a host [4.3]', async () => {
    const emulator = await start()
    expect((await quota(emulator, PATH.slice(1))).errcode).toBe(76003)
    expect((await quota(emulator, `https://api.weixin.qq.com${PATH}`)).errcode).toBe(76003)
    expect((await quota(emulator, '/cv/img/superResolution')).errcode).toBe(76021)
  })
})

describe('rid/get', () => {
  test('describes a refused call for seven days, to its own account only [4.4, 4.5]', async () => {
    let now = 1e12
    const emulator = await start({ now: () => now, accounts: [{}, { appid: 'wx2' }], clientAddress: '203.0.113.9' })
    const { errmsg } = await download(emulator, 'gone')
    const id = errmsg.split('rid: ')[1]
    expect(emulator.requests[0]!.answer?.rid).toBe(id)
    const { request } = (await rid(emulator, id)).json
    expect(request).toEqual({
      invoke_time: 1e9,
      cost_in_ms: 0,
      request_url: expect.stringMatching(/^\/cgi-bin\/media\/get\?access_token=.+&media_id=gone$/),
      request_body: '',
      response_body: expect.stringContaining('40007'),
      client_ip: '203.0.113.9',
    })
    expect((await rid(emulator, id, 1)).errcode).toBe(76003)
    now += 7 * DAY
    expect((await rid(emulator, id)).errcode).toBe(76001)
  })

  test('an unknown id returns 76001, a missing or malformed one 76002 [4.5]', async () => {
    const emulator = await start()
    expect((await rid(emulator, '00000000-00000000-00000000')).errcode).toBe(76001)
    expect((await rid(emulator, 'x')).errcode).toBe(76002)
    expect((await rid(emulator, undefined)).errcode).toBe(76002)
  })
})
