import { expect, test } from 'vitest'
import { html, json, MEDIA, image, status, STABLE, token, UPLOAD } from './testing/server.ts'
import { APPID, clientFor, DOUBLED, fakeClock, PAIR, rejection, SECRET, TOKEN, wellServer } from './testing/setting.ts'

const DATA = Uint8Array.of(0xff, 0xd8, 0xff, 0, 1, 2, 13, 10, 45, 45)

test('uploads one file part with its name, type and length, and no chunks', async () => {
  const server = await wellServer()
  // A view of a larger buffer, of which nothing else may be sent.
  const memory = new Uint8Array(64).fill(7)
  memory.set(DATA, 5)
  const data = memory.subarray(5, 5 + DATA.length)
  expect(await clientFor(server).superresolution({ data, format: 'jpeg' })).toEqual({ mediaId: 'media-1' })
  const [, upload] = server.seen
  expect(upload).toMatchObject({ method: 'POST', path: UPLOAD })
  expect([...upload!.query]).toEqual([['access_token', TOKEN]])
  const { headers, body } = upload!
  expect(headers['transfer-encoding']).toBeUndefined()
  expect(headers['content-length']).toBe(String(body.length))
  const boundary = /^multipart\/form-data; boundary=(-+[0-9a-f]+)$/.exec(headers['content-type']!)![1]!
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="img"; filename="image.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`
  const expected = Buffer.concat([Buffer.from(head), Buffer.from(DATA), Buffer.from(`\r\n--${boundary}--\r\n`)])
  expect(body.toString('latin1')).toBe(expected.toString('latin1'))
})

test('a PNG has the type image/png', async () => {
  const server = await wellServer()
  await clientFor(server).superresolution({ data: DATA, format: 'png' })
  expect(server.seen[1]!.body.toString('latin1')).toContain('filename="image.png"\r\nContent-Type: image/png\r\n')
})

test('sends a URL as img_url in an empty POST of known length', async () => {
  const server = await wellServer()
  const url = 'https://example.com/a b.jpg?x=1&y=图'
  await clientFor(server).superresolution({ url })
  const [, upload] = server.seen
  expect(upload).toMatchObject({ method: 'POST', path: UPLOAD, headers: { 'content-length': '0' } })
  expect(upload!.headers['transfer-encoding']).toBeUndefined()
  expect([...upload!.query]).toEqual([
    ['access_token', TOKEN],
    ['img_url', url],
  ])
  expect(upload!.body).toHaveLength(0)
})

test('requests a stable token in normal mode with a JSON POST', async () => {
  const server = await wellServer()
  await clientFor(server).media('m')
  const [asked] = server.seen
  expect(asked).toMatchObject({ method: 'POST', path: STABLE })
  expect([...asked!.query]).toEqual([])
  expect(asked!.headers['content-type']).toBe('application/json')
  const body = { grant_type: 'client_credential', appid: APPID, secret: SECRET, force_refresh: false }
  expect(JSON.parse(asked!.body.toString())).toEqual(body)
})

test("tokenEndpoint 'token' requests the old endpoint with a GET", async () => {
  const server = await wellServer()
  server.on('/cgi-bin/token', token(TOKEN))
  await clientFor(server, { ...PAIR, tokenEndpoint: 'token' }).media('m')
  const [asked] = server.seen
  expect(asked).toMatchObject({ method: 'GET', path: '/cgi-bin/token' })
  expect(Object.fromEntries(asked!.query)).toEqual({ grant_type: 'client_credential', appid: APPID, secret: SECRET })
})

test('fetches a file with a GET with token and media_id', async () => {
  const server = await wellServer()
  expect(Buffer.from(await clientFor(server).media('a/b+c')).equals(DOUBLED)).toBe(true)
  const [, fetched] = server.seen
  expect(fetched).toMatchObject({ method: 'GET', path: MEDIA })
  expect(Object.fromEntries(fetched!.query)).toEqual({ access_token: TOKEN, media_id: 'a/b+c' })
})

test("auth 'none' requests and sends no token", async () => {
  const server = await wellServer()
  const client = clientFor(server, { auth: 'none' })
  await client.superresolution({ data: DATA, format: 'jpeg' })
  await client.media('m')
  expect(server.seen.map(({ path, query }) => [path, query.get('access_token')])).toEqual([
    [UPLOAD, null],
    [MEDIA, null],
  ])
})

test('sends a cloudbase_access_token in its own parameter', async () => {
  const server = await wellServer()
  await clientFor(server, { auth: 'cloudbase_access_token', accessToken: () => TOKEN }).media('m')
  expect(Object.fromEntries(server.seen[0]!.query)).toEqual({ cloudbase_access_token: TOKEN, media_id: 'm' })
})

test('keeps the path of a base address', async () => {
  const server = await wellServer()
  server.on(`/wx${MEDIA}`, image(DOUBLED))
  await clientFor(server, { accessToken: TOKEN, baseUrl: `${server.url}/wx/` }).media('m')
  expect(server.seen.map(({ path }) => path)).toEqual([`/wx${MEDIA}`])
})

test.each([
  ['a number', { errcode: 0, errmsg: 'ok', media_id: 'm' }, 'application/json'],
  ['a text', { errcode: '0', errmsg: 'ok', media_id: 'm' }, 'application/json'],
  ['absent', { media_id: 'm' }, 'application/json'],
  ['in plain text', { errcode: 0, media_id: 'm' }, 'text/plain'],
  ['called HTML', { errcode: 0, media_id: 'm' }, 'text/html'],
])('reads a success whose errcode is %s', async (_, answer, contentType) => {
  const server = await wellServer()
  server.on(UPLOAD, json(answer, contentType))
  expect(await clientFor(server).superresolution({ data: DATA, format: 'jpeg' })).toEqual({ mediaId: 'm' })
})

test('accepts an image instead of a media_id', async () => {
  const server = await wellServer()
  server.on(UPLOAD, image(DOUBLED))
  expect(await clientFor(server).superresolution({ data: DATA, format: 'jpeg' })).toEqual({ image: Buffer.from(DOUBLED) })
})

test('reads an errcode that is a string, in text/plain', async () => {
  const server = await wellServer()
  server.on(MEDIA, json({ errcode: '41006', errmsg: 'media_id missing rid: 65a1-b2-c3' }, 'text/plain'))
  const error = await rejection(clientFor(server).media('m'))
  expect(error).toMatchObject({
    name: 'WechatError',
    isHdError: true,
    code: 'WECHAT_RESPONSE',
    step: 'download',
    errcode: 41006,
    errmsg: 'media_id missing rid: 65a1-b2-c3',
    rid: '65a1-b2-c3',
    status: 200,
  })
})

test.each([
  ['no media_id', UPLOAD, json({ errcode: 0, errmsg: 'ok' })],
  ['a media_id of the wrong type', UPLOAD, json({ errcode: 0, media_id: 7 })],
  ['an empty answer', UPLOAD, status(200)],
  ['half a JSON', UPLOAD, status(200, '{"errcode":0,"media_id":"m')],
  ['a video', MEDIA, json({ video_url: 'http://example.com/v.mp4' })],
  ['HTML', MEDIA, html()],
  ['HTTP 412', UPLOAD, status(412)],
])('refuses %s at once', async (_, path, reply) => {
  const server = await wellServer()
  server.on(path, reply)
  const client = clientFor(server)
  const work = path === UPLOAD ? client.superresolution({ data: DATA, format: 'jpeg' }) : client.media('m')
  expect(await rejection(work)).toMatchObject({ code: 'WECHAT_RESPONSE' })
  expect(server.count(path)).toBe(1)
})

test.each([301, 302, 307, 308])('does not follow a redirect (%d), which would leak the token', async (code) => {
  const server = await wellServer()
  const other = await wellServer()
  server.on(MEDIA, status(code, '', { location: `${other.url}${MEDIA}` }))
  server.on(UPLOAD, status(code, '<html>', { location: `${other.url}${UPLOAD}` }))
  const client = clientFor(server)
  expect(await rejection(client.media('m'))).toMatchObject({ code: 'WECHAT_RESPONSE', status: code })
  expect(await rejection(client.superresolution({ data: DATA, format: 'jpeg' }))).toMatchObject({ code: 'WECHAT_RESPONSE' })
  expect(other.seen).toEqual([])
  expect(server.seen).toHaveLength(3)
})

test('does not read an answer beyond the limit, with or without a Content-Length', async () => {
  const server = await wellServer()
  server.on(MEDIA, image(DOUBLED), (response) => {
    response.writeHead(200)
    response.write(DOUBLED.subarray(0, 900))
    response.end(DOUBLED.subarray(900))
  })
  const client = clientFor(server, { ...PAIR, maxDownloadBytes: 1000 })
  for (let round = 0; round < 2; round++) {
    expect(await rejection(client.media('m'))).toMatchObject({
      code: 'WECHAT_RESPONSE',
      message: expect.stringMatching(/more than 1000 bytes.*maxDownloadBytes/),
    })
  }
  expect(server.count(MEDIA)).toBe(2)
})

test('a client can be used again after close()', async () => {
  const server = await wellServer()
  const client = clientFor(server, PAIR, fakeClock())
  await client.media('m')
  await client.close()
  await client.media('m')
  expect(server.count(STABLE)).toBe(1)
  expect(server.count(MEDIA)).toBe(2)
})

test('escapes control characters in texts of the service', async () => {
  const server = await wellServer()
  server.on(MEDIA, json({ errcode: 41_006, errmsg: 'see\u001B[31m \u202E\u2028this' }))
  const error = await rejection(clientFor(server).media('m'))
  expect(error).toMatchObject({ errmsg: 'see [31m \\u202e this' })
  expect((error as Error).message).toContain('\\u202e this')
  expect((error as Error).message).not.toMatch(/[\p{Cc}\u2028\u202E]/u)
})
