import { describe, expect, test } from 'vitest'
import { errcode, json, STABLE } from '../testing/server.ts'
import { bench, SECRET, TOKEN, wellServer } from '../testing/setting.ts'

const QUOTA = '/cgi-bin/openapi/quota/get'
const { signal } = new AbortController()

describe('the check of an account', () => {
  test('requests a token and the remaining quota, and sends no image', async () => {
    const server = await wellServer()
    server.on(QUOTA, json({ errcode: 0, errmsg: 'ok', quota: { daily_limit: 100, used: 13, remain: 87 } }))
    const { upscaler } = bench(server)
    expect(await upscaler.check!({ signal })).toEqual({
      ok: true,
      facts: { 'calls left today': 87, 'calls made today': 13, 'calls a day': 100, dailyBudget: 100 },
    })
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([`POST ${STABLE}`, `POST ${QUOTA}`])
    expect(JSON.parse(server.seen[1]!.body.toString())).toEqual({ cgi_path: '/cv/img/superresolution' })
  })

  test('reports that no quota is left', async () => {
    const server = await wellServer()
    server.on(QUOTA, json({ errcode: 0, quota: { daily_limit: 100, used: 100, remain: 0 } }))
    expect(await bench(server).upscaler.check!({ signal })).toMatchObject({
      ok: false,
      advice: expect.stringContaining('tomorrow'),
    })
  })

  test.each([
    ['the address that WeChat saw', 40164, 'invalid ip 203.0.113.9, not in whitelist', 'WECHAT_CREDENTIALS', '203.0.113.9'],
    ['the variable of a wrong secret', 40125, 'invalid appsecret', 'WECHAT_CREDENTIALS', 'WECHAT_SECRET'],
  ])('reports %s', async (_, code, errmsg, expected, part) => {
    const server = await wellServer()
    server.on(STABLE, errcode(code, `${errmsg} rid: 1-2-3`))
    const check = await bench(server).upscaler.check!({ signal })
    expect(check).toMatchObject({ ok: false, facts: { code: expected, errcode: code, rid: '1-2-3' } })
    expect(check.advice).toContain(part)
    expect(JSON.stringify(check)).not.toContain(SECRET)
  })

  test.each([
    [76021, 'WECHAT_REMOVED'],
    [76022, 'WECHAT_CREDENTIALS'],
    [48001, 'WECHAT_UNAVAILABLE'],
  ])('reads %i as %s', async (code, expected) => {
    const server = await wellServer()
    server.on(QUOTA, errcode(code))
    const check = await bench(server).upscaler.check!({ signal })
    expect(check).toMatchObject({ ok: false, facts: { code: expected, errcode: code } })
    expect(JSON.stringify(check)).not.toContain(TOKEN)
  })

  test('treats an answer without a quota as unknown', async () => {
    const server = await wellServer()
    server.on(QUOTA, json({ errcode: 0, quota: {} }))
    expect(await bench(server).upscaler.check!({ signal })).toMatchObject({ ok: false, facts: { code: 'WECHAT_RESPONSE' } })
  })
})
