import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { isHdError } from '@unplugin-hd/core'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { createWechatEmulator } from './emulator.ts'
import type { Endpoint } from './faults.ts'
import type { EmulatorOptions } from './options.ts'
import { askPlain, askStable, download, encodedImage, postJson, say, start, superUrl, tokenOf, upload } from './harness.ts'

describe('where sources about WeChat disagree', () => {
  test('errcode may be a string, or absent on success [1.14]', async () => {
    const emulator = await start({ errcode: 'string' })
    expect((await upload(emulator, await encodedImage())).errcode).toBe('0')
    expect((await download(emulator, 'x')).errcode).toBe('40007')
    emulator.behaviour.errcode = 'absent'
    expect(Object.keys((await upload(emulator, await encodedImage())).json)).toEqual(['media_id'])
    expect((await download(emulator, 'x')).errcode).toBe(40007)
  })

  test('JSON may be text/plain everywhere, or application/json everywhere [1.17, 3.6]', async () => {
    const emulator = await start({ json: 'text/plain' })
    expect((await askStable(emulator)).type).toBe('text/plain')
    expect((await upload(emulator, await encodedImage())).type).toBe('text/plain')
    emulator.behaviour.json = 'application/json'
    expect((await download(emulator, 'x')).type).toBe('application/json; encoding=utf-8')
  })

  test('the answer may be the image itself instead of a media_id [1.15]', async () => {
    const emulator = await start({ answer: 'image' })
    const { bytes, type } = await upload(emulator, await encodedImage(17, 11))
    expect(type).toBe('image/jpeg')
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 34, height: 22 })
    expect(emulator.requests[0]!.answer).toMatchObject({ status: 200, errcode: 0, mediaId: expect.any(String) })
  })

  test.each([
    ['40066', 200, 40066],
    ['404', 404, undefined],
    ['html', 200, undefined],
  ] as const)(
    'the removed API may return %s, while the other endpoints keep working [1.22]',
    async (removed, status, errcode) => {
      const emulator = await start()
      const { json } = await upload(emulator, await encodedImage())
      emulator.behaviour.removed = removed
      const said = await upload(emulator, await encodedImage())
      expect(said).toMatchObject({ status, errcode })
      if (errcode) expect(said.errmsg).toMatch(/^invalid url rid: /)
      else expect(said).toMatchObject({ type: 'text/html', bytes: expect.any(Buffer) })
      expect((await download(emulator, json['media_id'])).type).toBe('image/jpeg')
      expect((await askStable(emulator)).status).toBe(200)
      expect(emulator.accounts[0]!.quota.used).toBe(1)
    },
  )

  test('an unknown path returns 40066, and case matters [1.23]', async () => {
    const emulator = await start()
    for (const path of ['/', '/cv/img/superResolution', '/cgi-bin/clear_quota', '/constructor']) {
      expect((await say(`${emulator.url}${path}`)).errcode, path).toBe(40066)
    }
  })
})

describe('faults', () => {
  const CALLS: Record<Endpoint, (emulator: ReturnType<typeof createWechatEmulator>) => Promise<{ errcode: unknown }>> = {
    token: (emulator) => askPlain(emulator),
    stable_token: (emulator) => askStable(emulator),
    superresolution: async (emulator) => upload(emulator, await encodedImage()),
    'media/get': (emulator) => download(emulator, 'x'),
    'quota/get': (emulator) => postJson(`${emulator.url}/cgi-bin/openapi/quota/get?access_token=${tokenOf(emulator)}`, {}),
    'rid/get': (emulator) => postJson(`${emulator.url}/cgi-bin/openapi/rid/get?access_token=${tokenOf(emulator)}`, {}),
  }

  test.each(Object.entries(CALLS))(
    '%s returns a queued code for the next two calls and then recovers [1.25]',
    async (endpoint, call) => {
      const emulator = await start()
      emulator.fail(endpoint as Endpoint, -1, 2)
      const codes = [await call(emulator), await call(emulator), await call(emulator)].map(({ errcode }) => errcode)
      expect(codes.slice(0, 2)).toEqual([-1, -1])
      expect(codes[2]).not.toBe(-1)
      expect(emulator.requests.map(({ fault }) => fault?.kind)).toEqual(['errcode', 'errcode', undefined])
    },
  )

  test('a script sets the fault of each call, and can be cleared', async () => {
    const emulator = await start()
    emulator.script('media/get', [45011, 'ok', { kind: 'errcode', errcode: 101002, errmsg: 'not enough market quota' }, -1])
    expect((await download(emulator, 'x')).errcode).toBe(45011)
    expect((await download(emulator, 'x')).errcode).toBe(40007)
    expect((await download(emulator, 'x')).errmsg).toMatch(/^not enough market quota rid: /)
    emulator.calm()
    expect((await download(emulator, 'x')).errcode).toBe(40007)
  })

  test('a drop before the work uses no quota; a drop after it uses a call and stores an image', async () => {
    const emulator = await start()
    const image = await encodedImage()
    emulator.script('superresolution', [
      { kind: 'drop', when: 'before' },
      { kind: 'drop', when: 'after' },
    ])
    await expect(upload(emulator, image)).rejects.toThrow('fetch failed')
    expect(emulator.accounts[0]!.quota.used).toBe(0)
    expect(emulator.requests[0]!.answer).toEqual({ status: 0, errcode: undefined, mediaId: undefined, rid: undefined })
    await expect(upload(emulator, image)).rejects.toThrow('fetch failed')
    expect(emulator.accounts[0]!.quota.used).toBe(1)
    const { answer } = emulator.requests[1]!
    expect(answer).toMatchObject({ status: 0, errcode: 0 })
    expect((await download(emulator, answer!.mediaId!)).type).toBe('image/jpeg')
  })

  test('a truncated download ends early, or announces the shorter length', async () => {
    const emulator = await start()
    const { json } = await upload(emulator, await encodedImage(80, 60))
    const whole = await download(emulator, json['media_id'])
    emulator.script('media/get', [{ kind: 'truncate' }, { kind: 'truncate', keep: 0.25, announce: 'part' }])
    await expect(download(emulator, json['media_id'])).rejects.toThrow('terminated')
    const part = await download(emulator, json['media_id'])
    expect(part.bytes).toEqual(whole.bytes.subarray(0, Math.floor(whole.bytes.length / 4)))
    expect((await download(emulator, json['media_id'])).bytes).toEqual(whole.bytes)
  })

  test('a Content-Length may be too large or too small', async () => {
    const emulator = await start()
    const { json } = await upload(emulator, await encodedImage())
    const { bytes } = await download(emulator, json['media_id'])
    emulator.script('media/get', [
      { kind: 'length', by: 5 },
      { kind: 'length', by: -5 },
    ])
    await expect(download(emulator, json['media_id'])).rejects.toThrow('terminated')
    expect((await download(emulator, json['media_id'])).bytes).toEqual(bytes.subarray(0, -5))
  })

  test('a gateway may answer with HTML', async () => {
    const emulator = await start()
    emulator.script('superresolution', [{ kind: 'html' }, { kind: 'html', status: 503 }])
    expect(await upload(emulator, await encodedImage())).toMatchObject({ status: 502, type: 'text/html' })
    expect(await upload(emulator, await encodedImage())).toMatchObject({ status: 503, type: 'text/html' })
    expect(emulator.accounts[0]!.quota.used).toBe(0)
  })

  test('an answer may be delayed, until a promise settles or for a time', async () => {
    const emulator = await start()
    const gate = createGate()
    emulator.script('media/get', [
      { kind: 'slow', until: gate.opened },
      { kind: 'slow', until: 5 },
    ])
    let isAnswered = false
    const slow = download(emulator, 'x').finally(() => (isAnswered = true))
    await expect.poll(() => emulator.requests.length).toBe(1)
    expect((await download(emulator, 'x')).errcode).toBe(40007)
    expect(isAnswered).toBe(false)
    gate.open()
    expect((await slow).errcode).toBe(40007)
  })

  test('another client may invalidate the token; a new one works [2.12]', async () => {
    const emulator = await start()
    emulator.fail('superresolution', { kind: 'kill-token' })
    const { json } = await askStable(emulator)
    expect((await upload(emulator, await encodedImage(), json['access_token'])).errcode).toBe(40001)
    const again = await askStable(emulator)
    expect(again.json['access_token']).not.toBe(json['access_token'])
    expect((await upload(emulator, await encodedImage(), again.json['access_token'])).errcode).toBe(0)
  })

  test('an image may have the wrong size', async () => {
    const emulator = await start()
    emulator.fail('superresolution', { kind: 'wrong-size', by: 3 })
    const { json } = await upload(emulator, await encodedImage(17, 11))
    const { bytes } = await download(emulator, json['media_id'])
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 31, height: 19 })
  })

  test('random faults occur at about their rate, and are the same for the same seed', async () => {
    const first = await faultsOf(7)
    const hit = first.filter((kind) => kind !== undefined)
    expect(hit.length).toBeGreaterThan(8)
    expect(hit.length).toBeLessThan(35)
    expect(new Set(hit).size).toBe(2)
    expect(await faultsOf(7)).toEqual(first)
    expect(await faultsOf(8)).not.toEqual(first)
  })

  test('a client that retries gets every image through the usual faults', async () => {
    const emulator = await start({ faults: { rate: 0.3, seed: 3 } })
    const image = await encodedImage(5, 4)
    for (let count = 0; count < 20; count++) {
      let mediaId = ''
      await untilOk(async () => {
        const { errcode, json } = await upload(emulator, image)
        mediaId = json['media_id']
        return errcode === 0
      })
      await untilOk(async () => {
        const { bytes } = await download(emulator, mediaId)
        return (await sharp(bytes, { failOn: 'warning' }).raw().toBuffer()).length === 10 * 8 * 3
      })
    }
    expect(emulator.requests.filter(({ endpoint, answer }) => endpoint === 'superresolution' && answer?.mediaId)).toHaveLength(20)
    expect(emulator.requests.some(({ fault }) => fault)).toBe(true)
  })
})

describe('the server', () => {
  test('records every call with secrets and body as sent', async () => {
    const emulator = await start()
    const { appid, secret } = emulator.accounts[0]!
    await askPlain(emulator)
    await askStable(emulator)
    const [plain, stable] = emulator.requests
    expect(plain).toMatchObject({ method: 'GET', path: '/cgi-bin/token', endpoint: 'token', answer: { status: 200, errcode: 0 } })
    expect(plain!.url).toContain(`secret=${secret}`)
    expect(plain!.query.get('appid')).toBe(appid)
    expect(stable!.body.toString()).toContain(secret)
    expect(stable!.headers['content-type']).toBe('application/json')
  })

  test('counts how many images were in progress at once', async () => {
    const emulator = await start()
    const gate = createGate()
    emulator.fail('superresolution', { kind: 'slow', until: gate.opened }, 3)
    const image = await encodedImage()
    const calls = [upload(emulator, image), upload(emulator, image), upload(emulator, image)]
    await expect.poll(() => emulator.peak).toBe(3)
    gate.open()
    await Promise.all(calls)
    await upload(emulator, image)
    expect(emulator.peak).toBe(3)
  })

  test('closes while a call is in progress, and may be closed twice', async () => {
    const emulator = createWechatEmulator()
    await emulator.listen()
    emulator.fail('media/get', { kind: 'slow', until: new Promise(() => {}) })
    const call = expect(download(emulator, 'x')).rejects.toThrow('fetch failed')
    await expect.poll(() => emulator.requests.length).toBe(1)
    await emulator.close()
    await emulator.close()
    await call
  })

  test('reports that its port is in use', async () => {
    const { url } = await start()
    await expect(createWechatEmulator({ port: Number(new URL(url).port) }).listen()).rejects.toThrow('EADDRINUSE')
  })

  test('survives clients that disconnect before the answer, or in the middle of a body', async () => {
    const emulator = await start()
    const gate = createGate()
    emulator.fail('media/get', { kind: 'slow', until: gate.opened })
    const impatient = new AbortController()
    const url = `${emulator.url}/cgi-bin/media/get?access_token=${tokenOf(emulator)}&media_id=x`
    const slow = expect(fetch(url, { signal: impatient.signal })).rejects.toThrow('aborted')
    await expect.poll(() => emulator.requests.length).toBe(1)
    impatient.abort()
    await slow
    gate.open()
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1')
    socket.write('POST /cgi-bin/stable_token HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{')
    await expect.poll(() => emulator.requests.length).toBe(2)
    socket.destroy()
    await expect.poll(() => emulator.requests[1]!.answer?.status).toBe(0)
    expect((await askStable(emulator)).status).toBe(200)
  })

  test.each([{ port: 70_000 }, { port: 1.5 }, { removed: 'gone' as '404' }, { prot: 1 }, { accounts: [{ appId: 'wx1' }] }])(
    'the option %o is refused',
    (options) => {
      expect(() => createWechatEmulator(options as EmulatorOptions)).toThrow(
        expect.toSatisfy((error) => isHdError(error) && error.code === 'HD_OPTION'),
      )
    },
  )

  test('a custom upscaler doubles the images; its failure is "system error"', async () => {
    const emulator = await start({ upscaler: { name: 'red', version: '1', upscale: red } })
    const { json } = await upload(emulator, await encodedImage())
    const { data } = await sharp((await download(emulator, json['media_id'])).bytes)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([data[0]! > 240, data[1]! < 15]).toEqual([true, true])
    const broken = await start({ upscaler: { name: 'broken', version: '1', upscale: () => Promise.reject(new Error('no')) } })
    expect((await say(superUrl(broken), { method: 'POST', body: await form() })).errcode).toBe(-1)
  })
})

async function form(): Promise<FormData> {
  const data = new FormData()
  data.set('img', new Blob([Uint8Array.from(await encodedImage())]), 'a.jpg')
  return data
}

/** The faults of 100 calls with this seed. */
async function faultsOf(seed: number): Promise<(string | undefined)[]> {
  const emulator = await start({ faults: { rate: 0.2, seed, of: [{ kind: 'errcode', errcode: -1 }, { kind: 'html' }] } })
  for (let count = 0; count < 100; count++) await download(emulator, 'x')
  return emulator.requests.map(({ fault }) => fault?.kind)
}

async function untilOk(call: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 30; tries++) if (await call().catch(() => false)) return
  throw new Error('never ok')
}

/** 34 by 22 red pixels. */
function red(): Promise<Uint8Array> {
  return sharp({ create: { width: 34, height: 22, channels: 3, background: '#f00' } })
    .png()
    .toBuffer()
}

function createGate(): { opened: Promise<void>; open: () => void } {
  const gate = new EventEmitter()
  return { opened: once(gate, 'open').then(() => {}), open: () => gate.emit('open') }
}
