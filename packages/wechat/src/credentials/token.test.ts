import { expect, test } from 'vitest'
import { errcode, json, MEDIA, image, type Reply, type Server, STABLE, status, token, UPLOAD } from '../testing/server.ts'
import { bench, clientFor, DOUBLED, fakeClock, PAIR, rejection, SECRET, TOKEN, wellServer } from '../testing/setting.ts'

const FILE = { data: Uint8Array.of(0xff, 0xd8, 0xff, 0), format: 'jpeg' } as const

/** Refuses every token except this one. */
function onlyWith(valid: string, reply: Reply): Reply {
  return (response, seen) =>
    (seen.query.get('access_token') === valid ? reply : errcode(40001, 'invalid credential'))(response, seen)
}

function tokensUsed(server: Server, path: string): (string | null)[] {
  return server.seen.filter((one) => one.path === path).map(({ query }) => query.get('access_token'))
}

test('twenty concurrent images of two upscalers request one token', async () => {
  const server = await wellServer()
  const one = bench(server, { ...PAIR, concurrency: 16 })
  const two = bench(server, { ...PAIR, concurrency: 16 })
  await Promise.all(Array.from({ length: 20 }, (_, seed) => (seed % 2 ? one : two).run(seed)))
  expect(server.count(STABLE)).toBe(1)
  expect(server.count(UPLOAD)).toBe(20)
})

test('another account, secret or endpoint gets its own token', async () => {
  const server = await wellServer()
  server.on('/cgi-bin/token', token(TOKEN))
  await clientFor(server).media('m')
  await clientFor(server, { ...PAIR, appid: 'wxother' }).media('m')
  await clientFor(server, { ...PAIR, secret: 'another-secret' }).media('m')
  await clientFor(server, { ...PAIR, tokenEndpoint: 'token' }).media('m')
  expect(server.count(STABLE)).toBe(3)
  expect(server.count('/cgi-bin/token')).toBe(1)
})

test('a token is kept until 300 seconds before it expires', async () => {
  const server = await wellServer()
  const time = fakeClock()
  const client = clientFor(server, PAIR, time)
  await client.media('m')
  time.forward(6_900_000)
  await client.media('m')
  expect(server.count(STABLE)).toBe(1)
  time.forward(1)
  await client.media('m')
  expect(server.count(STABLE)).toBe(2)
})

test.each([40001, 40014, 42001])('%d refreshes the token once and retries the request', async (number) => {
  const server = await wellServer()
  server.on(STABLE, token('first-token'), token('second-token'))
  server.on(UPLOAD, errcode(number), json({ media_id: 'm' }))
  const time = fakeClock()
  expect(await clientFor(server, PAIR, time).superresolution(FILE)).toEqual({ mediaId: 'm' })
  expect(tokensUsed(server, UPLOAD)).toEqual(['first-token', 'second-token'])
  expect(time.waits).toEqual([])
})

test('tokens that another program keeps replacing are refreshed at most four times', async () => {
  const server = await wellServer()
  server.on(STABLE, token('token-1'), token('token-2'), token('token-3'), token('token-4'), token('token-5'))
  server.on(UPLOAD, errcode(40001))
  expect(await rejection(clientFor(server).superresolution(FILE))).toMatchObject({ code: 'WECHAT_TOKEN' })
  expect(tokensUsed(server, UPLOAD)).toEqual(['token-1', 'token-2', 'token-3', 'token-4', 'token-5'])
})

test('twenty images refused at once share one refresh', async () => {
  const server = await wellServer()
  server.on(STABLE, token('first-token'), token('second-token'))
  server.on(MEDIA, onlyWith('second-token', image(DOUBLED)))
  const client = clientFor(server)
  await Promise.all(Array.from({ length: 20 }, () => client.media('m')))
  expect(server.count(STABLE)).toBe(2)
  expect(server.count(MEDIA)).toBe(40)
})

test('a token refused during the download is refreshed without a second upload', async () => {
  const server = await wellServer()
  server.on(STABLE, token('first-token'), token('second-token'))
  server.on(MEDIA, onlyWith('second-token', image(DOUBLED)))
  await bench(server).run()
  expect([server.count(UPLOAD), server.count(MEDIA)]).toEqual([1, 2])
})

test('if the refused token is returned again, it is retried once after a pause', async () => {
  const server = await wellServer()
  server.on(MEDIA, errcode(40001), image(DOUBLED))
  const time = fakeClock()
  await clientFor(server, PAIR, time).media('m')
  expect(tokensUsed(server, MEDIA)).toEqual([TOKEN, TOKEN])
  expect(time.waits).toEqual([2000])
})

test('a token given as a string is used unchanged and never requested', async () => {
  const server = await wellServer()
  server.on(MEDIA, errcode(42001))
  expect(await rejection(clientFor(server, { accessToken: 'given-token' }).media('m'))).toMatchObject({
    code: 'WECHAT_TOKEN',
    errcode: 42001,
  })
  expect(tokensUsed(server, MEDIA)).toEqual(['given-token'])
  expect(server.count(STABLE)).toBe(0)
})

test('a token function serves all waiting images, and gets the refused token', async () => {
  const server = await wellServer()
  server.on(MEDIA, onlyWith('second-token', image(DOUBLED)))
  const heard: unknown[] = []
  const accessToken = async (rejected: string | undefined): Promise<string> => {
    heard.push(rejected)
    return rejected === undefined ? 'first-token' : 'second-token'
  }
  const client = clientFor(server, { accessToken })
  await Promise.all([client.media('a'), client.media('b'), client.media('c')])
  expect(heard[0]).toBeUndefined()
  expect(heard.filter((rejected) => rejected === undefined)).toHaveLength(1)
  expect(heard).toContain('first-token')
})

test.each([
  ['throws', () => Promise.reject(new Error('vault closed')), /`accessToken` failed/],
  ['gives nothing', () => '', /gave an empty text/],
  ['gives no text', () => 7 as never, /gave number/],
  ['throws a proxy', () => Promise.reject(hostile()), /`accessToken` failed/],
])('a token function that %s is WECHAT_TOKEN, and is called again for the next image', async (_, accessToken, message) => {
  const server = await wellServer()
  let calls = 0
  const counted = (): string | Promise<string> => (calls++, accessToken())
  const client = clientFor(server, { accessToken: counted })
  for (let round = 1; round <= 2; round++) {
    expect(await rejection(client.media('m'))).toMatchObject({ code: 'WECHAT_TOKEN', message: expect.stringMatching(message) })
    expect(calls).toBe(round)
  }
  expect(server.seen).toEqual([])
})

test('a failed token request is not remembered', async () => {
  const server = await wellServer()
  server.on(STABLE, status(500), token(TOKEN))
  const client = clientFor(server, { ...PAIR, retries: 0 })
  expect(await rejection(client.media('m'))).toMatchObject({ code: 'WECHAT_NETWORK', step: 'token' })
  await client.media('m')
})

test('an abort of one image does not affect the token request of others', async () => {
  const server = await wellServer()
  let answer: (() => void) | undefined
  const asked = new Promise<void>((resolve) => {
    server.on(STABLE, (response, seen) => {
      answer = () => token(TOKEN)(response, seen)
      resolve()
    })
  })
  const controller = new AbortController()
  const client = clientFor(server)
  const impatient = rejection(client.media('m', { signal: controller.signal }))
  const patient = client.media('m')
  await asked
  controller.abort()
  expect(await impatient).toMatchObject({ code: 'HD_ABORTED' })
  answer!()
  await patient
  expect(server.count(STABLE)).toBe(1)
})

test.each<[string, object, Record<string, string>, (string | null)[]]>([
  ['the option accessToken first', { accessToken: 'of-option', ...PAIR }, { WECHAT_ACCESS_TOKEN: 'of-env' }, ['of-option']],
  ['the option secret before the variable', PAIR, { WECHAT_ACCESS_TOKEN: 'of-env' }, [TOKEN]],
  [
    'WECHAT_ACCESS_TOKEN with an AppID that only names the account',
    { appid: 'wx1' },
    { WECHAT_ACCESS_TOKEN: 'of-env' },
    ['of-env'],
  ],
  ['the variables alone', {}, { WECHAT_APPID: 'wx1', WECHAT_SECRET: SECRET }, [TOKEN]],
  ['a mixture', { appid: 'wx1' }, { WECHAT_SECRET: SECRET }, [TOKEN]],
])('uses %s', async (_, options, env, used) => {
  const server = await wellServer()
  await clientFor(server, options, fakeClock(env)).media('m')
  expect(tokensUsed(server, MEDIA)).toEqual(used)
})

test.each<[object, Record<string, string>, RegExp]>([
  [{}, {}, /there is no credentials\. Give .*WECHAT_ACCESS_TOKEN/],
  [{ appid: 'wx1' }, { WECHAT_SECRET: '' }, /an AppID, but no secret/],
  [{}, { WECHAT_SECRET: SECRET }, /a secret, but no AppID/],
  [{ auth: 'cloudbase_access_token', ...PAIR, secret: undefined }, {}, /no cloudbase_access_token/],
])('sends nothing without credentials (%j, %j)', async (options, env, message) => {
  const server = await wellServer()
  const error = await rejection(clientFor(server, options as never, fakeClock(env)).media('m'))
  expect(error).toMatchObject({ code: 'WECHAT_CREDENTIALS', message: expect.stringMatching(message) })
  expect(server.seen).toEqual([])
})

/** Throws on any access. */
function hostile(): Error {
  return new Proxy(new Error('hostile'), { get: evil, getPrototypeOf: evil })
}

function evil(): never {
  throw new Error('caught while reporting')
}
