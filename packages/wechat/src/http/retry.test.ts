import { HdError } from '@unplugin-hd/core'
import { expect, test } from 'vitest'
import {
  errcode,
  html,
  json,
  MEDIA,
  image,
  type Reply,
  reset,
  silence,
  STABLE,
  status,
  token,
  truncated,
  UPLOAD,
} from '../testing/server.ts'
import { bench, clientFor, DOUBLED, fakeClock, PAIR, rejection, TOKEN, wellServer } from '../testing/setting.ts'

const FILE = { data: Uint8Array.of(0xff, 0xd8, 0xff, 0), format: 'jpeg' } as const

const slowDown = (after: string): Reply => status(503, '', { 'retry-after': after })

// Per row: errcode, code, requests for one image, and whether the next image is still tried.
test.each<[number, string, number, boolean]>([
  [-1, 'WECHAT_UNAVAILABLE', 5, true],
  [40001, 'WECHAT_TOKEN', 2, true],
  [40014, 'WECHAT_TOKEN', 2, true],
  [42001, 'WECHAT_TOKEN', 2, true],
  [41001, 'WECHAT_TOKEN', 1, false],
  [45009, 'WECHAT_QUOTA', 1, false],
  [101003, 'WECHAT_QUOTA', 1, false],
  [45011, 'WECHAT_QUOTA', 5, true],
  [41005, 'WECHAT_RESPONSE', 1, true],
  [43002, 'WECHAT_RESPONSE', 1, true],
  [43003, 'WECHAT_RESPONSE', 1, true],
  [44001, 'WECHAT_IMAGE', 1, true],
  [45001, 'WECHAT_IMAGE', 1, true],
  [40004, 'WECHAT_IMAGE', 1, true],
  [40005, 'WECHAT_IMAGE', 1, true],
  [40006, 'WECHAT_IMAGE', 1, true],
  [40009, 'WECHAT_IMAGE', 1, true],
  [40137, 'WECHAT_IMAGE', 1, true],
  [101000, 'WECHAT_IMAGE', 1, true],
  [101002, 'WECHAT_IMAGE', 1, true],
  [40066, 'WECHAT_REMOVED', 1, false],
  [48001, 'WECHAT_REMOVED', 1, false],
  [48004, 'WECHAT_UNAVAILABLE', 1, false],
  [61003, 'WECHAT_CREDENTIALS', 1, false],
  [61004, 'WECHAT_CREDENTIALS', 1, false],
  [61007, 'WECHAT_CREDENTIALS', 1, false],
  [61024, 'WECHAT_CREDENTIALS', 1, false],
  [50002, 'WECHAT_CREDENTIALS', 1, false],
  [12345, 'WECHAT_RESPONSE', 1, true],
])('an upload with errcode %d fails with %s after %d requests', async (number, code, requests, goesOn) => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(number, 'some words rid: 1-2-3'))
  const { run } = bench(server)
  expect(await rejection(run())).toMatchObject({ code, errcode: number, rid: '1-2-3', step: 'upload' })
  expect(server.count(UPLOAD)).toBe(requests)
  expect(server.count(MEDIA)).toBe(0)
  await rejection(run(1))
  expect(server.count(UPLOAD)).toBe(goesOn ? 2 * requests : requests)
})

test('101002 with a message about quota counts as an exhausted quota', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(101002, 'not enough market quota'))
  expect(await rejection(clientFor(server).superresolution(FILE))).toMatchObject({ code: 'WECHAT_QUOTA' })
})

test.each<[number, string, number]>([
  [-1, 'WECHAT_UNAVAILABLE', 5],
  [40001, 'WECHAT_CREDENTIALS', 1],
  [40002, 'WECHAT_CREDENTIALS', 1],
  [40013, 'WECHAT_CREDENTIALS', 1],
  [40125, 'WECHAT_CREDENTIALS', 1],
  [40164, 'WECHAT_CREDENTIALS', 1],
  [40243, 'WECHAT_CREDENTIALS', 1],
  [41002, 'WECHAT_CREDENTIALS', 1],
  [41004, 'WECHAT_CREDENTIALS', 1],
  [50004, 'WECHAT_CREDENTIALS', 1],
  [50007, 'WECHAT_CREDENTIALS', 1],
  [89503, 'WECHAT_CREDENTIALS', 1],
  [89506, 'WECHAT_CREDENTIALS', 1],
  [89507, 'WECHAT_CREDENTIALS', 1],
  [45009, 'WECHAT_QUOTA', 1],
  [45011, 'WECHAT_QUOTA', 5],
])('a token request with errcode %d fails with %s after %d requests, and nothing is uploaded', async (number, code, requests) => {
  const server = await wellServer()
  server.on(STABLE, errcode(number))
  expect(await rejection(clientFor(server).superresolution(FILE))).toMatchObject({ code, errcode: number, step: 'token' })
  expect(server.count(STABLE)).toBe(requests)
  expect(server.count(UPLOAD)).toBe(0)
})

test('40164 names the address that WeChat saw', async () => {
  const server = await wellServer()
  server.on(STABLE, errcode(40164, 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2'))
  expect(await rejection(clientFor(server).media('m'))).toMatchObject({
    remedy: expect.stringMatching(/^WeChat saw the address 203\.0\.113\.7\. Add it at .*IP白名单/),
  })
})

test.each<[string, Reply]>([
  ['-1', errcode(-1, 'system error')],
  ['HTTP 502', status(502, '<html>bad gateway</html>')],
  ['a reset', reset],
])('retries an upload after %s, with the same bytes', async (_, reply) => {
  const server = await wellServer()
  server.on(UPLOAD, reply, json({ errcode: 0, media_id: 'm' }))
  const time = fakeClock()
  expect(await clientFor(server, PAIR, time).superresolution(FILE)).toEqual({ mediaId: 'm' })
  const bodies = server.seen.filter(({ path }) => path === UPLOAD).map(({ body }) => body.length)
  expect(bodies).toHaveLength(2)
  expect(bodies[0]).toBe(bodies[1])
  expect(time.waits).toEqual([1000])
})

test.each<[string, Reply, string]>([
  ['-1', errcode(-1), 'WECHAT_UNAVAILABLE'],
  ['40007', errcode(40007, 'invalid media_id'), 'WECHAT_RESPONSE'],
  ['HTTP 500', status(500), 'WECHAT_NETWORK'],
  ['a reset', reset, 'WECHAT_NETWORK'],
  ['a truncated image', truncated(DOUBLED), 'WECHAT_NETWORK'],
  ['half an image whose length is said to be right', image(DOUBLED.subarray(0, 900)), 'WECHAT_NETWORK'],
])('retries a download after %s, and fails after nine requests', async (_, reply, code) => {
  const server = await wellServer()
  server.on(MEDIA, reply, image(DOUBLED))
  const client = clientFor(server)
  expect(await client.media('m')).toHaveLength(DOUBLED.length)
  server.on(MEDIA, reply)
  expect(await rejection(client.media('m'))).toMatchObject({ code })
  expect(server.count(MEDIA)).toBe(2 + 9)
})

test('waits double, with random jitter of up to half, and last a minute after 45011', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(-1))
  const time = fakeClock()
  await rejection(clientFor(server, PAIR, time).superresolution(FILE))
  expect(time.waits).toEqual([1000, 2000, 4000, 8000])

  const chance = fakeClock()
  chance.context.clock.random = () => 0.5
  await rejection(clientFor(server, PAIR, chance).superresolution(FILE))
  expect(chance.waits).toEqual([750, 1500, 3000, 6000])

  server.on(UPLOAD, errcode(45011), json({ media_id: 'm' }))
  const minute = fakeClock()
  await clientFor(server, PAIR, minute).superresolution(FILE)
  expect(minute.waits).toEqual([61_000])
})

test('respects Retry-After, in seconds and as a date', async () => {
  const server = await wellServer()
  const time = fakeClock()
  const date = new Date(time.context.clock.now() + 7000 + 20_000).toUTCString()
  server.on(UPLOAD, slowDown('7'), slowDown(date), slowDown('soon'), json({ media_id: 'm' }))
  await clientFor(server, PAIR, time).superresolution(FILE)
  expect(time.waits).toEqual([7000, 20_000, 4000])
})

test('waits for a minute after HTTP 429', async () => {
  const server = await wellServer()
  server.on(UPLOAD, status(429), json({ media_id: 'm' }))
  const time = fakeClock()
  await clientFor(server, PAIR, time).superresolution(FILE)
  expect(time.waits).toEqual([61_000])
})

test('does not start a wait that would exceed the total time', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(45011))
  const time = fakeClock()
  const client = clientFor(server, { ...PAIR, totalTimeoutMs: 60_000 }, time)
  expect(await rejection(client.superresolution(FILE))).toMatchObject({ code: 'WECHAT_QUOTA' })
  expect(time.waits).toEqual([])
})

test('`retries: 0` sends everything once', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(-1))
  await rejection(clientFor(server, { ...PAIR, retries: 0 }).superresolution(FILE))
  expect(server.count(UPLOAD)).toBe(1)
})

test('retries an attempt that times out, then fails with WECHAT_NETWORK', async () => {
  const server = await wellServer()
  server.on(MEDIA, silence, (response) => void response.writeHead(200, { 'content-length': 99 }).write('half'))
  const client = clientFor(server, { ...PAIR, attemptTimeoutMs: 60, retries: 1 })
  expect(await rejection(client.media('m'))).toMatchObject({
    code: 'WECHAT_NETWORK',
    message: expect.stringMatching(/^no complete answer within 60 ms to media\/get/),
  })
  expect(server.count(MEDIA)).toBe(3)
})

test('limits an attempt to the remaining total time', async () => {
  const server = await wellServer()
  server.on(MEDIA, silence)
  const client = clientFor(server, { accessToken: TOKEN, totalTimeoutMs: 80 })
  expect(await rejection(client.media('m'))).toMatchObject({ message: expect.stringContaining('within 80 ms') })
  expect(server.count(MEDIA)).toBe(1)
})

test('a refused connection is WECHAT_NETWORK with the reason', async () => {
  const server = await wellServer()
  const client = clientFor(server, { accessToken: TOKEN, baseUrl: 'http://127.0.0.1:1' })
  expect(await rejection(client.media('m'))).toMatchObject({
    code: 'WECHAT_NETWORK',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('an abort ends a request, a wait and a wait for a token, and prevents further requests', async () => {
  const server = await wellServer()
  const aborted = expect.objectContaining({ code: 'HD_ABORTED' })
  for (const path of [UPLOAD, STABLE]) {
    const controller = new AbortController()
    const replied = new Promise<void>((resolve) => server.on(path, () => resolve()))
    const own = { ...PAIR, appid: `wx${path}` }
    const failed = rejection(
      clientFor(server, { ...own, attemptTimeoutMs: 2000, retries: 0 }).superresolution(FILE, { signal: controller.signal }),
    )
    await replied
    controller.abort()
    expect(await failed).toEqual(aborted)
  }
  const controller = new AbortController()
  server.on(STABLE, token(TOKEN))
  server.on(UPLOAD, (response, seen) => {
    errcode(-1)(response, seen)
  })
  const time = fakeClock()
  time.context.clock.delay = (_ms, signal) =>
    new Promise((_resolve, reject) => {
      signal!.addEventListener('abort', () => reject(signal!.reason as Error))
      controller.abort()
    })
  const before = server.count(UPLOAD)
  const client = clientFor(server, PAIR, time)
  expect(await rejection(client.superresolution(FILE, { signal: controller.signal }))).toEqual(aborted)
  expect(server.count(UPLOAD)).toBe(before + 1)
  expect(await rejection(client.superresolution(FILE, { signal: controller.signal }))).toBeInstanceOf(HdError)
  expect(server.count(UPLOAD)).toBe(before + 1)
})

test.each<[string, Reply]>([
  ['HTTP 404', status(404, 'not found')],
  ['HTTP 405', status(405)],
  ['HTML', html()],
  ['HTML with HTTP 403', html(403)],
])('an upload that returns %s is WECHAT_REMOVED, with the link, after one request', async (_, reply) => {
  const server = await wellServer()
  server.on(UPLOAD, reply)
  expect(await rejection(clientFor(server).superresolution(FILE))).toMatchObject({
    code: 'WECHAT_REMOVED',
    message: expect.stringContaining('https://developers.weixin.qq.com/miniprogram/'),
  })
  expect(server.count(UPLOAD)).toBe(1)
})
