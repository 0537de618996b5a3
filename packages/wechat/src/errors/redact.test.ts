import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { formatError, isHdError } from '@unplugin-hd/core'
import { Redactor } from './redact.ts'
import {
  errcode,
  html,
  json,
  MEDIA,
  type Reply,
  reset,
  silence,
  STABLE,
  status,
  token,
  truncated,
  UPLOAD,
} from '../testing/server.ts'
import { bench, DOUBLED, mapMemo, PAIR, rejection, SECRET, TOKEN, wellServer } from '../testing/setting.ts'
import type { WechatOptions } from '../options.ts'

test.each([
  ['https://h/x?access_token=abc&media_id=m', 'https://h/x?access_token=***&media_id=m'],
  ['cloudbase_access_token=abc', 'cloudbase_access_token=***'],
  ['GET /cgi-bin/token?appid=wx1&secret=abc failed', 'GET /cgi-bin/token?appid=wx1&secret=*** failed'],
  ['{"appsecret":"abc","x":1}', '{"appsecret":"***","x":1}'],
  ['{"access_token": "abc"}', '{"access_token": "***"}'],
  ['https%3A%2F%2Fh%3Faccess_token%3Dabc', 'https%3A%2F%2Fh%3Faccess_token%3D***'],
  ['https://h/a.jpg?sign=abc&t=1', 'https://h/a.jpg?sign=***&t=1'],
  ['x-hd-secret: abc', 'x-hd-secret: ***'],
  ['imgUrl=https://h/a', 'imgUrl=***'],
  ['the secret is not valid', 'the secret is not valid'],
])('hides secrets in %j', (text, expected) => {
  expect(new Redactor().text(text)).toBe(expected)
})

test('hides registered secrets everywhere, also percent-encoded', () => {
  const redactor = new Redactor()
  redactor.learn('a/b+secret=')
  expect(redactor.text('got a/b+secret= and a%2Fb%2Bsecret%3D')).toBe('got *** and ***')
})

test('copies a cause with its causes, but without its properties', () => {
  const redactor = new Redactor()
  redactor.learn(TOKEN)
  const inner = Object.assign(new TypeError(`inner ${TOKEN}`), { code: 'ECONNRESET', request: { path: TOKEN } })
  const several = new AggregateError([inner], `several ${TOKEN}`)
  const outer = new Error(`outer ${TOKEN}`, { cause: several })
  const copy = redactor.cause(outer) as Error
  const shown = inspect(copy, { depth: 9, showHidden: true })
  expect(shown).not.toContain(TOKEN)
  expect(shown).toMatch(/outer \*\*\*[^]*several \*\*\*[^]*inner \*\*\*[^]*ECONNRESET/)
  expect(inspect(redactor.cause(`text ${TOKEN}`))).not.toContain(TOKEN)
  expect(inspect(redactor.cause({ token: TOKEN }))).not.toContain(TOKEN)
})

/** Text with all secrets, as a gateway might echo them. */
const ECHO = `bad request access_token=${TOKEN}&secret=${SECRET} token ${TOKEN} for ${SECRET} ${encodeURIComponent(TOKEN)} rid: 1-2`
const FAST = { retries: 0, attemptTimeoutMs: 80 }

const everywhere: [string, Reply][] = [
  ['a reset', reset],
  ['silence', silence],
  ['a truncated answer', truncated(Buffer.from(ECHO.repeat(20)))],
  ['a truncated image', truncated(DOUBLED)],
  ['HTTP 500', status(500, ECHO)],
  ['HTTP 404', status(404, ECHO)],
  ['HTML', html()],
  ['a redirect', status(302, ECHO, { location: `http://127.0.0.1:1/?access_token=${TOKEN}` })],
  ['text', status(200, ECHO)],
  ['broken JSON', status(200, `{"errcode":1,"errmsg":"${ECHO}"`)],
  ['JSON without anything', json({ hint: ECHO })],
  ['a broken header', (response) => response.socket?.end(`HTTP/1.1 200 OK\r\n${ECHO}\r\n\r\n`)],
  ['HTTP 429', status(429, ECHO)],
  ...[-1, 40001, 40013, 40125, 40164, 45009, 45011, 41005, 40066, 48001, 101000, 101002, 40007, 777].map(
    (code): [string, Reply] => [String(code), errcode(code, ECHO)],
  ),
]
const cases = [STABLE, UPLOAD, MEDIA].flatMap((path) => everywhere.map(([name, reply]) => [path, name, reply] as const))

test.each(cases)('%s answered with %s: no token and no secret in errors, logs and memos', async (path, _, reply) => {
  const server = await wellServer()
  server.on(path, reply)
  await expectSilence(server.url, { ...PAIR, ...FAST })
})

const fail = (): never => {
  const cause = new Error(`GET https://vault/?secret=${SECRET}`)
  throw Object.assign(new Error(`vault said ${SECRET}`, { cause }), { config: { secret: SECRET } })
}

test.each<[string, WechatOptions]>([
  ['a token function that throws', { secret: SECRET, accessToken: fail }],
  ['an address function that throws', { ...PAIR, publicUrl: fail }],
  ['a server that is not there', { ...PAIR, baseUrl: 'http://127.0.0.1:1' }],
  ['a host that does not exist', { ...PAIR, baseUrl: 'https://host.invalid' }],
  ['a given token that is refused', { ...PAIR, accessToken: TOKEN }],
])('%s: the same', async (_, options) => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(42001, ECHO))
  server.on(MEDIA, errcode(42001, ECHO))
  await expectSilence(server.url, { ...FAST, ...options })
})

test('a cancelled build: the same', async () => {
  const server = await wellServer()
  const { upscaler, context } = bench(server)
  const signal = AbortSignal.abort(new Error(`stopped with access_token=${TOKEN} secret=${SECRET}`))
  const error = await rejection(upscaler.upscale({} as never, { ...context, signal }))
  expectClean(inspect(error, { depth: 20, showHidden: true }))
})

/** Fails with these options seven times, so that the breaker also reports, and searches all output. */
async function expectSilence(url: string, options: WechatOptions): Promise<void> {
  const kept = mapMemo()
  const { run, lines, values } = bench({ url } as never, { concurrency: 7, ...options }, kept)
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5, 6].map(run))
  results.push(...(await Promise.allSettled([run(8)])))
  expect(results.some(({ status: state }) => state === 'rejected')).toBe(true)
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    const error: unknown = result.reason
    expect(isHdError(error)).toBe(true)
    expectClean(inspect(error, { depth: 20, showHidden: true }))
    expectClean(JSON.stringify(error))
    expectClean(formatError(error as never))
    for (let one = error; one instanceof Error; one = one.cause) expectClean(`${one.message} ${one.stack} ${JSON.stringify(one)}`)
  }
  expectClean(lines.join('\n'))
  expectClean([...values].flat().join('\n'))
}

function expectClean(text: string): void {
  for (const secret of [TOKEN, SECRET, encodeURIComponent(TOKEN)]) expect(text).not.toContain(secret)
}

test('a refreshed token is hidden like the first', async () => {
  const server = await wellServer()
  server.on(STABLE, token('first-token'), token(TOKEN))
  server.on(UPLOAD, errcode(40001, `first-token is old`), errcode(-1, `${TOKEN} first-token`))
  const { run } = bench(server, { ...PAIR, retries: 0 })
  const error = await rejection(run())
  expect(error).toMatchObject({ errmsg: '*** ***' })
})
