import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DAY, MINUTE } from './clock.ts'
import { download, encodedImage, raw, say, start, superUrl, tokenOf, upload } from './harness.ts'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the multipart form', () => {
  test.each(['jpeg', 'png'] as const)('a %s becomes a JPEG of exactly twice its size [1.1, 1.11, 1.12, 1.13]', async (format) => {
    const emulator = await start()
    const said = await upload(emulator, await encodedImage(17, 11, format))
    expect(said.json).toEqual({ errcode: 0, errmsg: 'ok', media_id: expect.stringMatching(/^[\w-]{64}$/) })
    const { bytes, type } = await download(emulator, said.json['media_id'])
    expect(type).toBe('image/jpeg')
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 34, height: 22 })
    const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    expect(Math.abs(data[0]! - 0x00) + Math.abs(data[1]! - 0x40) + Math.abs(data[2]! - 0xc0)).toBeLessThan(20)
    expect(Math.abs(data[33 * 3]! - 0xff) + Math.abs(data[33 * 3 + 1]! - 0x80)).toBeLessThan(20)
  })

  test('an option keeps PNG as PNG, but transparency is always lost [1.12]', async () => {
    const emulator = await start({ result: 'same' })
    const clear = await sharp({ create: { width: 4, height: 3, channels: 4, background: '#f000' } })
      .png()
      .toBuffer()
    const said = await upload(emulator, clear)
    const { bytes, type } = await download(emulator, said.json['media_id'])
    expect(type).toBe('image/png')
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 8, height: 6, hasAlpha: false })
  })

  test('grey, CMYK and 16-bit images are doubled', async () => {
    const emulator = await start()
    const source = sharp(await encodedImage(6, 5))
    const grey = await source.clone().toColourspace('b-w').jpeg().toBuffer()
    const cmyk = await source.clone().toColourspace('cmyk').jpeg().toBuffer()
    const deep = await source.clone().toColourspace('rgb16').png().toBuffer()
    for (const bytes of [grey, cmyk, deep]) {
      const said = await upload(emulator, bytes)
      const medium = await download(emulator, said.json['media_id'])
      expect(await sharp(medium.bytes).metadata()).toMatchObject({ width: 12, height: 10, channels: 3 })
    }
  })

  test('a part without a filename, another field and a body that is not multipart return 41005 [1.6]', async () => {
    const emulator = await start()
    const part = (head: string, tail = '\r\n--b--\r\n'): Promise<{ errcode: unknown }> =>
      say(superUrl(emulator), {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: `--b\r\nContent-Disposition: form-data; ${head}\r\nContent-Type: image/jpeg\r\n\r\nx${tail}`,
      })
    expect((await part('name="img"')).errcode).toBe(41005)
    expect((await part('name="file"; filename="a.jpg"')).errcode).toBe(41005)
    expect((await part('name="img"; filename="a.jpg"', '')).errcode).toBe(41005)
    expect((await part('name="img"; filename="a.jpg"')).errcode).toBe(101002)
    expect((await part('name="img"', '')).errcode).toBe(41005)
    expect((await part('name="img"; filename="a.jpg"', '\r\n--b')).errcode).toBe(41005)
    const body = Uint8Array.from(await encodedImage())
    expect((await say(superUrl(emulator), { method: 'POST', body })).errcode).toBe(41005)
    expect((await say(superUrl(emulator), { method: 'POST' })).errcode).toBe(41005)
    const noBoundary = { 'content-type': 'multipart/form-data' }
    expect((await say(superUrl(emulator), { method: 'POST', body, headers: noBoundary })).errcode).toBe(41005)
  })

  test('a POST without Content-Length returns HTTP 412 and uses no quota [1.5]', async () => {
    const emulator = await start()
    const head = { 'content-type': 'multipart/form-data; boundary=b' }
    expect(await raw(superUrl(emulator), 'POST', head, ['--b\r\n', 'more'])).toBe(412)
    expect(emulator.requests.at(-1)).toMatchObject({ endpoint: 'superresolution', answer: { status: 412 } })
    expect(emulator.accounts[0]!.quota.used).toBe(0)
  })

  test('a body far above every limit returns HTTP 413 [1.24]', async () => {
    const emulator = await start()
    const bytes = Buffer.alloc(16 * 1024 * 1024 + 1)
    const sent = raw(superUrl(emulator), 'POST', { 'content-length': String(bytes.length) }, [bytes])
    expect(await sent.catch(() => 413)).toBe(413)
    expect(emulator.requests[0]!.answer?.status).toBe(413)
  })

  test('an empty file returns 44001, 2,000,000 bytes return 45001, and one byte less is accepted [1.7, 1.8]', async () => {
    const emulator = await start()
    const image = await encodedImage()
    const padded = (length: number): Buffer => Buffer.concat([image, Buffer.alloc(length - image.length)])
    expect((await upload(emulator, Buffer.alloc(0))).errcode).toBe(44001)
    expect((await upload(emulator, padded(2_000_000))).errcode).toBe(45001)
    expect((await upload(emulator, padded(1_999_999))).errcode).toBe(0)
  })

  test('invalid or damaged images return 101002, other formats 40137, too many pixels 40009 [1.9, 1.10]', async () => {
    const emulator = await start({ maxPixels: 186 })
    const image = await encodedImage(80, 60, 'png')
    expect((await upload(emulator, Buffer.from('<svg'))).errcode).toBe(101002)
    expect((await upload(emulator, await encodedImage(4, 4, 'webp'))).errcode).toBe(40137)
    expect((await upload(emulator, await encodedImage(4, 4, 'gif'))).errcode).toBe(40137)
    expect((await upload(emulator, await encodedImage(17, 11))).errcode).toBe(40009)
    const roomy = await start()
    expect((await upload(roomy, image.subarray(0, image.length - 40))).errcode).toBe(101002)
  })

  test('requires a token, and the account may lack permission [1.20, 1.21]', async () => {
    const emulator = await start()
    expect((await upload(emulator, await encodedImage(), '')).errcode).toBe(41001)
    for (const errcode of [48001, 48004, 61003, 61007, 101003]) {
      emulator.accounts[0]!.apiErrcode = errcode
      expect((await upload(emulator, await encodedImage())).errcode).toBe(errcode)
    }
  })
})

describe('the img_url form', () => {
  test.each(['GET', 'POST'])('%s makes WeChat download the image [1.2]', async (method) => {
    const image = await encodedImage(9, 7)
    const host = await serve((_, response) => response.end(image))
    const emulator = await start()
    const said = await say(`${superUrl(emulator)}&img_url=${encodeURIComponent(`${host}/a.jpg?b=1&c=2`)}`, { method })
    expect(said.errcode).toBe(0)
    const medium = await download(emulator, said.json['media_id'])
    expect(await sharp(medium.bytes).metadata()).toMatchObject({ width: 18, height: 14 })
  })

  test('GET returns 43002 if strict, and always without img_url [1.3]', async () => {
    const emulator = await start()
    expect((await say(superUrl(emulator))).errcode).toBe(43002)
    emulator.behaviour.strict = true
    expect((await say(`${superUrl(emulator)}&img_url=http://127.0.0.1/a`)).errcode).toBe(43002)
  })

  test('an address that is malformed, refused, missing, redirected or not loopback returns 101000 [1.4]', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: '/a' }).end()
      else response.writeHead(404).end()
    })
    const emulator = await start()
    const addresses = [
      'nonsense',
      'file:///etc/hosts',
      'http://127.0.0.1:1/a',
      `${host}/none`,
      `${host}/away`,
      'http://192.0.2.1/a',
    ]
    for (const address of addresses) {
      expect((await say(`${superUrl(emulator)}&img_url=${encodeURIComponent(address)}`)).errcode, address).toBe(101000)
    }
  })

  test('the same limits apply [1.7, 1.9]', async () => {
    const host = await serve((request, response) => response.end(request.url === '/big' ? Buffer.alloc(2_000_000) : 'text'))
    const emulator = await start()
    expect((await say(`${superUrl(emulator)}&img_url=${host}/big`)).errcode).toBe(45001)
    expect((await say(`${superUrl(emulator)}&img_url=${host}/text`)).errcode).toBe(101002)
  })
})

describe('quotas', () => {
  test('returns 45009 once the daily quota is used up, until midnight in China [1.18]', async () => {
    // 23:59 on a day in China.
    const emulator = await start({ now: () => Date.UTC(2026, 0, 1, 15, 59), accounts: [{ dailyQuota: 2 }] })
    const image = await encodedImage()
    expect((await upload(emulator, image)).errcode).toBe(0)
    expect((await upload(emulator, Buffer.from('x'))).errcode).toBe(101002)
    expect((await upload(emulator, image)).errcode).toBe(45009)
    expect(emulator.accounts[0]!.quota.used).toBe(2)
    emulator.advance(MINUTE)
    expect((await upload(emulator, image)).errcode).toBe(0)
    expect(emulator.accounts[0]!.quota.used).toBe(1)
  })

  test('allows 100 calls a day by default [1.18]', async () => {
    expect((await start()).accounts[0]!.quota.perDay).toBe(100)
  })

  test('returns 45011 beyond the quota of a minute [1.19]', async () => {
    const emulator = await start({ now: () => 1e12, accounts: [{ minuteQuota: 1 }] })
    const image = await encodedImage()
    await upload(emulator, image)
    expect((await upload(emulator, image)).errcode).toBe(45011)
    emulator.advance(MINUTE)
    expect((await upload(emulator, image)).errcode).toBe(0)
  })
})

describe('media/get', () => {
  test('returns the headers of the documented sample [3.1]', async () => {
    const emulator = await start()
    const { json } = await upload(emulator, await encodedImage())
    const { headers, bytes, status } = await download(emulator, json['media_id'])
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('image/jpeg')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${json['media_id']}.jpg"`)
    expect(headers.get('content-length')).toBe(String(bytes.length))
  })

  test('returns only the headers for HEAD [3.2]', async () => {
    const emulator = await start()
    const { json } = await upload(emulator, await encodedImage())
    const url = `${emulator.url}/cgi-bin/media/get?access_token=${tokenOf(emulator)}&media_id=${json['media_id']}`
    const head = await say(url, { method: 'HEAD' })
    expect(head.bytes).toHaveLength(0)
    expect(head.headers.get('content-length')).toBe((await say(url)).headers.get('content-length'))
  })

  test('keeps an image for three days and then returns 40007 as text/plain [3.3, 3.6]', async () => {
    let now = 1e12
    const emulator = await start({ now: () => now })
    const { json } = await upload(emulator, await encodedImage())
    now += 3 * DAY - 1
    expect((await download(emulator, json['media_id'])).type).toBe('image/jpeg')
    now += 1
    const said = await download(emulator, json['media_id'])
    expect(said).toMatchObject({ status: 200, type: 'text/plain', errcode: 40007 })
    expect(said.errmsg).toMatch(/^invalid media_id rid: /)
  })

  test('an unknown id or one of another account returns 40007, no id 41006, POST 43001 [3.3, 3.4, 3.5]', async () => {
    const emulator = await start({ accounts: [{}, { appid: 'wx2', secret: 's2' }] })
    const { json } = await upload(emulator, await encodedImage())
    const other = emulator.accounts[1]!.tokens.stable(false).access_token
    expect((await download(emulator, json['media_id'], other)).errcode).toBe(40007)
    expect((await download(emulator, 'unknown')).errcode).toBe(40007)
    expect((await download(emulator, '')).errcode).toBe(41006)
    const url = `${emulator.url}/cgi-bin/media/get?access_token=${tokenOf(emulator)}&media_id=x`
    expect((await say(url, { method: 'POST' })).errcode).toBe(43001)
  })
})
