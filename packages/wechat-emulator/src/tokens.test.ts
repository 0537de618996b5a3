import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from './clock.ts'
import { askPlain, askStable, download, postJson, say, start } from './harness.ts'

/** A call that needs a token and returns 40007 if the token is valid. */
const GOOD = 40007

describe('stable_token', () => {
  test('returns the same token while it is valid, with the remaining seconds [2.3]', async () => {
    const emulator = await start()
    const first = await askStable(emulator)
    emulator.advance(100 * SECOND)
    const second = await askStable(emulator)
    expect(first).toMatchObject({ status: 200, type: 'application/json; encoding=utf-8', json: { expires_in: 7200 } })
    expect(Object.keys(first.json)).toEqual(['access_token', 'expires_in'])
    expect(second.json['access_token']).toBe(first.json['access_token'])
    expect(second.json['expires_in']).toBeLessThanOrEqual(7100)
  })

  test('renews in the last 5 minutes, so that at least 300 seconds remain, and both tokens are valid until then [2.4]', async () => {
    let now = 1e12
    const emulator = await start({ now: () => now })
    const first = await askStable(emulator)
    now += 6900 * SECOND
    expect((await askStable(emulator)).json).toEqual({ access_token: first.json['access_token'], expires_in: 300 })
    now += SECOND
    const second = await askStable(emulator)
    expect(second.json['expires_in']).toBe(7200)
    expect(second.json['access_token']).not.toBe(first.json['access_token'])
    expect((await download(emulator, 'x', first.json['access_token'])).errcode).toBe(GOOD)
    expect((await download(emulator, 'x', second.json['access_token'])).errcode).toBe(GOOD)
    now += 5 * MINUTE
    expect((await download(emulator, 'x', first.json['access_token'])).errcode).toBe(42001)
  })

  test('force_refresh invalidates the previous token at once, but not within 30 seconds of another one [2.5]', async () => {
    const emulator = await start()
    const first = (await askStable(emulator)).json['access_token']
    const second = (await askStable(emulator, { force_refresh: true })).json['access_token']
    expect(second).not.toBe(first)
    expect((await download(emulator, 'x', first)).errcode).toBe(40001)
    expect((await askStable(emulator, { force_refresh: true })).json['access_token']).toBe(second)
    emulator.advance(30 * SECOND)
    expect((await askStable(emulator, { force_refresh: true })).json['access_token']).not.toBe(second)
  })

  test('allows 20 force_refreshes a day [2.5]', async () => {
    const emulator = await start({ now: () => 1e12 })
    await askStable(emulator)
    for (let count = 0; count < 20; count++) {
      expect((await askStable(emulator, { force_refresh: true })).json['access_token']).toBeTypeOf('string')
      emulator.advance(30 * SECOND)
    }
    expect((await askStable(emulator, { force_refresh: true })).errcode).toBe(45009)
    expect((await askStable(emulator)).json['access_token']).toBeTypeOf('string')
  })

  test('has limits per minute (45011) and per day (45009) [2.6]', async () => {
    const emulator = await start({ now: () => 1e12 })
    const { stableMeter } = emulator.accounts[0]!.tokens
    expect([stableMeter.perMinute, stableMeter.perDay]).toEqual([10_000, 500_000])
    stableMeter.perMinute = 1
    stableMeter.perDay = 2
    await askStable(emulator)
    expect((await askStable(emulator)).errcode).toBe(45011)
    emulator.advance(MINUTE)
    await askStable(emulator)
    emulator.advance(MINUTE)
    expect((await askStable(emulator)).errcode).toBe(45009)
  })

  test('accepts only POST with a JSON body [2.8]', async () => {
    const emulator = await start()
    expect((await say(`${emulator.url}/cgi-bin/stable_token`)).errcode).toBe(43002)
    expect((await say(`${emulator.url}/cgi-bin/stable_token`, { method: 'POST', body: 'appid=x' })).errcode).toBe(47001)
    expect((await postJson(`${emulator.url}/cgi-bin/stable_token`, [1])).errcode).toBe(47001)
  })
})

describe('/cgi-bin/token', () => {
  test('returns a new token each time; the previous one stays valid for 5 minutes [2.1]', async () => {
    const emulator = await start()
    const first = (await askPlain(emulator)).json
    const second = (await askPlain(emulator)).json
    expect(first['expires_in']).toBe(7200)
    expect(second['access_token']).not.toBe(first['access_token'])
    expect((await download(emulator, 'x', first['access_token'])).errcode).toBe(GOOD)
    emulator.advance(5 * MINUTE)
    expect((await download(emulator, 'x', first['access_token'])).errcode).toBe(40001)
    expect((await download(emulator, 'x', second['access_token'])).errcode).toBe(GOOD)
  })

  test('is independent of the tokens of stable_token [2.7]', async () => {
    const emulator = await start()
    const stable = (await askStable(emulator)).json['access_token']
    const plain = (await askPlain(emulator)).json['access_token']
    await askPlain(emulator)
    emulator.advance(6 * MINUTE)
    expect((await download(emulator, 'x', stable)).errcode).toBe(GOOD)
    const plainNow = (await askPlain(emulator)).json['access_token']
    await askStable(emulator, { force_refresh: true })
    expect((await download(emulator, 'x', plainNow)).errcode).toBe(GOOD)
    expect((await download(emulator, 'x', stable)).errcode).toBe(40001)
    expect((await download(emulator, 'x', plain)).errcode).toBe(40001)
  })

  test('allows 2000 calls a day [2.2]', async () => {
    const emulator = await start()
    const { plainMeter } = emulator.accounts[0]!.tokens
    expect(plainMeter.perDay).toBe(2000)
    plainMeter.perDay = 1
    await askPlain(emulator)
    expect((await askPlain(emulator)).errcode).toBe(45009)
  })
})

describe('both token endpoints', () => {
  test.each([
    [{ grant_type: 'authorization_code' }, 40002],
    [{ appid: '' }, 41002],
    [{ secret: '' }, 41004],
    [{ appid: 'wxffffffffffffffff' }, 40013],
    [{ secret: 'f'.repeat(32) }, 40125],
  ])('%o returns %i [1.16, 2.9]', async (change, errcode) => {
    const emulator = await start()
    for (const said of [await askStable(emulator, change), await askPlain(emulator, change)]) {
      expect(said).toMatchObject({ status: 200, errcode })
      expect(said.errmsg).toMatch(/ rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
      expect(said.headers.get('logicret')).toBe(String(errcode))
      expect(said.headers.get('retkey')).not.toBeNull()
    }
  })

  test('the errmsg of 40164 names the address that is not in the whitelist [2.10]', async () => {
    const emulator = await start({ accounts: [{ ipWhitelist: ['198.51.100.1'] }], clientAddress: '203.0.113.9' })
    expect(await askStable(emulator)).toMatchObject({ errcode: 40164, errmsg: expect.stringContaining('203.0.113.9') })
    expect((await askPlain(emulator)).errcode).toBe(40164)
    emulator.accounts[0]!.ipWhitelist = ['203.0.113.9']
    expect((await askStable(emulator)).json['access_token']).toBeTypeOf('string')
  })

  test.each([40243, 50002, 50004, 50007, 89503, 89506, 89507])(
    'an account may be in the state %i [2.11]',
    async (tokenErrcode) => {
      const emulator = await start({ accounts: [{ tokenErrcode }] })
      expect((await askStable(emulator)).errcode).toBe(tokenErrcode)
      expect((await askPlain(emulator)).errcode).toBe(tokenErrcode)
    },
  )

  test('an expired token returns 42001, a malformed one 40014, no token 41001, an unknown one 40001 [1.20]', async () => {
    const emulator = await start()
    const token = (await askPlain(emulator)).json['access_token']
    emulator.advance(7200 * SECOND)
    expect((await download(emulator, 'x', token)).errcode).toBe(42001)
    expect((await download(emulator, 'x', 'nonsense')).errcode).toBe(40014)
    expect((await download(emulator, 'x', '')).errcode).toBe(41001)
    expect((await download(emulator, 'x', 'a'.repeat(136))).errcode).toBe(40001)
  })

  test('a token from elsewhere can be adopted, and another client can invalidate all [2.12, 2.13]', async () => {
    const emulator = await start()
    const { tokens } = emulator.accounts[0]!
    tokens.adopt('authorizer-token')
    expect(tokens.valid).toEqual(['authorizer-token'])
    expect((await download(emulator, 'x', 'authorizer-token')).errcode).toBe(GOOD)
    tokens.kill()
    expect((await download(emulator, 'x', 'authorizer-token')).errcode).toBe(40001)
  })

  test('a cloudbase token is valid only in its own parameter [2.14]', async () => {
    const emulator = await start({ accounts: [{ cloudbaseToken: 'c'.repeat(80) }] })
    const get = `${emulator.url}/cgi-bin/media/get?media_id=x`
    expect((await say(`${get}&cloudbase_access_token=${'c'.repeat(80)}`)).errcode).toBe(GOOD)
    expect((await say(`${get}&cloudbase_access_token=other`)).errcode).toBe(40001)
    expect((await say(`${get}&access_token=${'c'.repeat(80)}`)).errcode).toBe(40001)
  })

  test('cloud hosting needs no token [2.15]', async () => {
    const emulator = await start({ cloudHosting: true })
    expect((await say(`${emulator.url}/cgi-bin/media/get?media_id=x`)).errcode).toBe(GOOD)
  })
})
