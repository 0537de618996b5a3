import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { WechatRelayOptions } from './options.ts'
import { resolveRelayOptions } from './options.ts'
import { relayUpscalerOf, wechatRelay } from './relay.ts'
import {
  html,
  json,
  image,
  type Reply,
  reset,
  type Seen,
  type Server,
  silence,
  startServer,
  status,
  truncated,
} from '../testing/server.ts'
import {
  type Bench,
  benchOf,
  DOUBLED,
  type FakeClock,
  fakeClock,
  input,
  type Kept,
  mapMemo,
  rejection,
} from '../testing/setting.ts'

const SECRET = 'relay-secret-of-the-test-0123456789abcdef'
const RELAY = '/hd'

interface Relay {
  server: Server
  /** The answers of each step, in order; the last one is repeated. */
  on(step: string, ...replies: Reply[]): void
  seen(step: string): Seen[]
}

/** A working function behind its gateway. */
async function startRelay(): Promise<Relay> {
  const server = await startServer()
  let serial = 0
  const scripts = new Map<string, Reply[]>([
    ['upload', [(response, one) => json({ mediaId: `media-${++serial}` })(response, one)]],
    ['fetch', [image(DOUBLED)]],
    ['forget', [json({})]],
  ])
  server.on(RELAY, (response, one) => {
    const script = scripts.get(one.query.get('step')!)!
    const reply = script.length > 1 ? script.shift() : script[0]
    reply!(response, one)
  })
  return {
    server,
    on: (step, ...replies) => void scripts.set(step, replies),
    seen: (step) => server.seen.filter(({ query }) => query.get('step') === step),
  }
}

function bench(
  { server }: Relay,
  options: Partial<WechatRelayOptions> = {},
  kept: Kept = mapMemo(),
  time: FakeClock = fakeClock(),
): Bench {
  const resolved = resolveRelayOptions({ endpoint: server.url + RELAY, secret: SECRET, ...options })
  return benchOf(relayUpscalerOf(resolved, time.context), kept, time)
}

const said = (error: string, code: number, message = 'words'): Reply => json({ error, message }, 'application/json', code)
const gateway = (code: string, number: number): Reply => json({ code, message: 'words' }, 'application/json', number)

test('shares name and version with wechat(), because the pixels are the same', () => {
  const endpoint = 'https://env-id.service.tcloudbase.com/hd'
  expect(wechatRelay({ endpoint })).toMatchObject({ name: 'wechat', version: 'imgsuperresolution-1', metered: true })
})

test.each([
  [{}, /'endpoint' is missing, expected an https: URL/],
  [{ endpoint: 'http://env-id.service.tcloudbase.com/hd' }, /https: URL \(http: is only for loopback\)/],
  [{ endpoint: 'https://h/hd?key=abcdef' }, /without credentials, query and hash/],
  [{ endpoint: 'https://h/hd', secret: 'abcdef' }, /'secret' is a string, expected 32 to 256/],
  [{ endpoint: 'https://h/hd', secret: `${SECRET} with spaces` }, /'secret'/],
  [{ endpoint: 'https://h/hd', appid: 'wx1' }, /wechatRelay\(\): the option 'appid' is unknown/],
  [{ endpoint: 'https://h/hd', maxDownloadBytes: 0 }, /'maxDownloadBytes'/],
])('refuses %j without showing a secret', (options, message) => {
  const wanted = { code: 'HD_OPTION', message: expect.stringMatching(message) as unknown }
  expect(() => wechatRelay(options as never)).toThrow(expect.objectContaining(wanted))
  expect(() => wechatRelay(options as never)).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/abcdef/) }))
})

test('sends the image unchanged and the secret in a header, and fetches by mediaId', async () => {
  const relay = await startRelay()
  expect(Buffer.from(await bench(relay).run(3)).equals(DOUBLED)).toBe(true)
  const [upload] = relay.seen('upload')
  const { data } = await input(3).encoded()
  expect(upload).toMatchObject({ method: 'POST', headers: { 'content-type': 'image/jpeg', 'x-hd-secret': SECRET } })
  expect(upload!.body.equals(Buffer.from(data))).toBe(true)
  expect(upload!.query.get('key')).toMatch(/^[\w-]{36}$/)
  const [fetched] = relay.seen('fetch')
  expect(JSON.parse(fetched!.body.toString())).toEqual({ mediaId: 'media-1' })
  expect(relay.seen('forget')).toEqual([])
})

test('sends a URL as JSON', async () => {
  const relay = await startRelay()
  await bench(relay, { publicUrl: () => 'https://example.com/a.jpg' }).run()
  const [upload] = relay.seen('upload')
  expect(upload!.headers['content-type']).toBe('application/json')
  expect(JSON.parse(upload!.body.toString())).toEqual({ imgUrl: 'https://example.com/a.jpg' })
})

test('the secret comes from WECHAT_RELAY_SECRET, and without one nothing is sent', async () => {
  const relay = await startRelay()
  await bench(relay, { secret: undefined }, mapMemo(), fakeClock({ WECHAT_RELAY_SECRET: SECRET })).run()
  expect(relay.seen('upload')[0]!.headers['x-hd-secret']).toBe(SECRET)
  const sent = relay.server.seen.length
  for (const env of [{}, { WECHAT_RELAY_SECRET: 'abcdef' }]) {
    const error = await rejection(bench(relay, { secret: undefined }, mapMemo(), fakeClock(env as Record<string, string>)).run(1))
    expect(error).toMatchObject({ code: 'WECHAT_CREDENTIALS', message: expect.stringMatching(/WECHAT_RELAY_SECRET/) })
    expect(inspect(error)).not.toContain('abcdef')
  }
  expect(relay.server.seen).toHaveLength(sent)
})

test('a large result is fetched from the storage without the secret, and then deleted', async () => {
  const relay = await startRelay()
  relay.on('fetch', json({ url: `${relay.server.url}/storage/a.jpg?sign=signed`, fileID: 'cloud://e.b/unplugin-hd/a.jpg' }))
  relay.server.on('/storage/a.jpg', status(503), image(DOUBLED))
  expect(await bench(relay).run()).toHaveLength(DOUBLED.length)
  const stored = relay.server.seen.filter(({ path }) => path === '/storage/a.jpg')
  expect(stored).toHaveLength(2)
  expect(stored[0]).toMatchObject({ method: 'GET', headers: expect.not.objectContaining({ 'x-hd-secret': SECRET }) as unknown })
  expect(stored[0]!.query.get('sign')).toBe('signed')
  expect(relay.seen('forget').map(({ body }) => JSON.parse(body.toString()) as unknown)).toEqual([
    { fileID: 'cloud://e.b/unplugin-hd/a.jpg' },
  ])
  expect(relay.seen('upload')).toHaveLength(1)
})

test('a result that cannot be deleted is still used, with a warning', async () => {
  const relay = await startRelay()
  relay.on('fetch', json({ url: `${relay.server.url}/storage/a.jpg?sign=signed`, fileID: 'cloud://e.b/unplugin-hd/a.jpg' }))
  relay.server.on('/storage/a.jpg', image(DOUBLED))
  relay.on('forget', json({ errCode: -503_002, errMsg: 'denied' }, 'application/json', 502))
  const { run, lines } = bench(relay)
  expect(await run()).toHaveLength(DOUBLED.length)
  expect(lines).toEqual([expect.stringMatching(/stays in the cloud storage, in the folder unplugin-hd/)])
})

test.each(['http://example.com/a.jpg', 'file:///etc/passwd', 'a.jpg', undefined, 7])(
  'does not fetch a result from the address %s',
  async (url) => {
    const relay = await startRelay()
    relay.on('fetch', json({ url, fileID: 'f' }))
    expect(await rejection(bench(relay).run())).toMatchObject({ code: 'WECHAT_RELAY', step: 'download' })
    expect(relay.server.seen).toHaveLength(2)
  },
)

test('does not read a result beyond `maxDownloadBytes`, from the function or the storage', async () => {
  const relay = await startRelay()
  const { run } = bench(relay, { maxDownloadBytes: 1000 })
  expect(await rejection(run())).toMatchObject({ code: 'WECHAT_RESPONSE', message: expect.stringContaining('1000 bytes') })
  relay.on('fetch', json({ url: `${relay.server.url}/storage/a.jpg`, fileID: 'f' }))
  relay.server.on('/storage/a.jpg', image(DOUBLED))
  expect(await rejection(run(1))).toMatchObject({ code: 'WECHAT_RESPONSE', message: expect.stringContaining('1000 bytes') })
})

test('an upload whose answer is lost is retried with the same key, so that the function recognises it', async () => {
  const relay = await startRelay()
  relay.on('upload', reset, status(503), json({ mediaId: 'm' }))
  const { run } = bench(relay)
  await run(0)
  await run(1)
  const keys = relay.seen('upload').map(({ query }) => query.get('key'))
  expect(keys).toHaveLength(4)
  expect(new Set(keys.slice(0, 3)).size).toBe(1)
  expect(keys[3]).not.toBe(keys[0])
})

test.each([
  ['resets', reset],
  ['truncated images', truncated(DOUBLED)],
  ['HTTP 502', html(502)],
  ['-604102', json({ errCode: -604_102, errMsg: 'timeout' }, 'application/json', 502)],
])('a download that fails with %s is retried without a second upload', async (_, reply) => {
  const relay = await startRelay()
  relay.on('fetch', reply, reply, image(DOUBLED))
  await bench(relay).run()
  expect([relay.seen('upload').length, relay.seen('fetch').length]).toEqual([1, 3])
})

test('a crash after the mediaId does not pay twice; an expired result is paid again', async () => {
  const relay = await startRelay()
  const kept = mapMemo()
  relay.on('fetch', reset)
  await rejection(bench(relay, {}, kept).run())
  relay.on('fetch', image(DOUBLED))
  await bench(relay, {}, kept).run()
  expect(relay.seen('upload')).toHaveLength(1)
  relay.on('fetch', json({ errCode: 40_007, errMsg: 'invalid media_id' }, 'application/json', 502), image(DOUBLED))
  await bench(relay, {}, kept).run()
  expect(relay.seen('upload')).toHaveLength(2)
})

test.each<[string, Reply, string, number]>([
  ['a wrong secret', said('secret', 401), 'WECHAT_CREDENTIALS', 1],
  ['a function without a secret', said('setup', 500), 'WECHAT_RELAY', 1],
  ['another version', said('step', 400), 'WECHAT_RELAY', 1],
  ['a body that is too large', said('size', 413), 'WECHAT_IMAGE', 1],
  ['what is no image', said('image', 415), 'WECHAT_IMAGE', 1],
  ['a page from WeChat', said('page', 502), 'WECHAT_REMOVED', 1],
  ['a page from a gateway before WeChat', said('gateway', 502), 'WECHAT_NETWORK', 3],
  ['errCode 40066', json({ errCode: 40_066, errMsg: 'invalid url' }, 'application/json', 502), 'WECHAT_REMOVED', 1],
  ['errCode as text', json({ errCode: '45009', errMsg: 'quota' }, 'application/json', 502), 'WECHAT_QUOTA', 1],
  ['errCode -1', json({ errCode: -1, errMsg: 'busy' }, 'application/json', 502), 'WECHAT_UNAVAILABLE', 3],
  ['a gateway without the path', gateway('INVALID_PATH', 404), 'WECHAT_RELAY', 1],
  ['a gateway with HTTP 200 and a code', gateway('INVALID_HOST', 200), 'WECHAT_RELAY', 1],
  ['a page of HTML', html(200), 'WECHAT_RELAY', 1],
  ['a redirect', status(302, '', { location: 'https://example.com/' }), 'WECHAT_RELAY', 1],
  ['a function that took too long', gateway('FUNCTIONS_TIME_LIMIT_EXCEEDED', 500), 'WECHAT_RELAY', 1],
  ['a gateway that takes less', gateway('EXCEED_MAX_PAYLOAD_SIZE', 413), 'WECHAT_IMAGE', 1],
  ['HTTP 429', status(429), 'WECHAT_QUOTA', 3],
  ['HTTP 503', status(503), 'WECHAT_NETWORK', 3],
  ['a reset', reset, 'WECHAT_NETWORK', 3],
  ['nothing', status(200), 'WECHAT_RELAY', 1],
  ['no mediaId', json({}), 'WECHAT_RESPONSE', 1],
])('%s has its own code', async (_, reply, code, calls) => {
  const relay = await startRelay()
  relay.on('upload', reply)
  expect(await rejection(bench(relay, { retries: 2 }).run())).toMatchObject({ code })
  expect(relay.seen('upload')).toHaveLength(calls)
})

test('a wrong secret stops it for this build', async () => {
  const relay = await startRelay()
  relay.on('upload', said('secret', 401))
  const { run } = bench(relay, { concurrency: 1 })
  for (let seed = 0; seed < 5; seed++) expect(await rejection(run(seed))).toMatchObject({ code: 'WECHAT_CREDENTIALS' })
  expect(relay.seen('upload')).toHaveLength(1)
})

test('check() calls the function free of charge', async () => {
  const relay = await startRelay()
  const { upscaler } = bench(relay, { retries: 0 })
  const check = (): unknown => upscaler.check!({ signal: new AbortController().signal })
  relay.on('check', json({}), said('secret', 401), gateway('INVALID_PATH', 404))
  expect(await check()).toMatchObject({ ok: true, facts: { dailyBudget: 100 } })
  expect(await check()).toMatchObject({
    ok: false,
    facts: { code: 'WECHAT_CREDENTIALS' },
    advice: expect.stringContaining('SECRET'),
  })
  expect(await check()).toMatchObject({ ok: false, facts: { code: 'WECHAT_RELAY' }, advice: expect.stringContaining('endpoint') })
  expect(relay.seen('upload')).toEqual([])
})

test('an abort rejects without waiting for the function', async () => {
  const relay = await startRelay()
  const arrived = new Promise<void>((resolve) => relay.on('upload', () => resolve()))
  const { upscaler, context } = bench(relay)
  const controller = new AbortController()
  const failed = rejection(upscaler.upscale(input(), { ...context, signal: controller.signal }))
  await arrived
  controller.abort()
  expect(await failed).toMatchObject({ code: 'HD_ABORTED' })
})

const SIGNATURE = 'sign=0123456789abcdef&t=1'
const ECHO = `x-hd-secret: ${SECRET} for ${encodeURIComponent(SECRET)} at https://h/a.jpg?${SIGNATURE}`

const everywhere: [string, Reply][] = [
  ['a reset', reset],
  ['silence', silence],
  ['a truncated answer', truncated(Buffer.from(ECHO.repeat(20)))],
  ['a broken header', (response) => response.socket?.end(`HTTP/1.1 200 OK\r\n${ECHO}\r\n\r\n`)],
  ['text', status(200, ECHO)],
  ['HTTP 500', status(500, ECHO)],
  ['HTTP 404', status(404, ECHO)],
  ['a redirect', status(302, ECHO, { location: `http://127.0.0.1:1/?secret=${SECRET}` })],
  ['a refusal', said('setup', 500, ECHO)],
  ['the gateway', json({ code: `X ${ECHO}`, message: ECHO }, 'application/json', 400)],
  ['errCode 777', json({ errCode: 777, errMsg: ECHO }, 'application/json', 502)],
  ['errCode -604101', json({ errCode: -604_101, errMsg: ECHO }, 'application/json', 502)],
]
const steps = ['upload', 'fetch', 'storage', 'forget']
const cases = steps.flatMap((step) => everywhere.map(([name, reply]) => [step, name, reply] as const))

test.each(cases)('%s answered with %s: no secret and no signature in errors, logs and memos', async (step, _, reply) => {
  const relay = await startRelay()
  relay.on('fetch', json({ url: `${relay.server.url}/storage/a.jpg?${SIGNATURE}`, fileID: 'f' }))
  relay.server.on('/storage/a.jpg', step === 'storage' ? reply : image(DOUBLED))
  if (step !== 'storage') relay.on(step, reply)
  const { run, lines, values } = bench(relay, { retries: 0, attemptTimeoutMs: 80 })
  const results = await Promise.allSettled([run(0), run(1)])
  const errors = results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined))
  expect(errors.some((error) => error !== undefined) || lines.length > 0).toBe(true)
  const shown = [inspect(errors, { depth: 20, showHidden: true }), JSON.stringify(errors), ...lines, ...[...values].flat()].join(
    '\n',
  )
  for (const secret of [SECRET, encodeURIComponent(SECRET), SIGNATURE]) expect(shown).not.toContain(secret)
})
