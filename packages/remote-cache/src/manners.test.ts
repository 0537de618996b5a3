import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { clone } from './testing/clones.ts'
import { objectServer, serve } from './testing/object-server.ts'

const WEBP = { format: 'webp' } as const

/** Sends without end. */
function flood(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200)
  const chunk = Buffer.alloc(1 << 20)
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}

const FAULTS: [string, (request: IncomingMessage, response: ServerResponse) => void][] = [
  ['answers 500', (_, response) => response.writeHead(500).end()],
  ['answers 403', (_, response) => response.writeHead(403).end()],
  ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['never answers', () => undefined],
  ['answers and then sends nothing', (_, response) => response.writeHead(200).write('unplugin')],
  ['sends without end', flood],
  ['announces 10 GB', (_, response) => response.writeHead(200, { 'content-length': 10e9 }).flushHeaders()],
  ['cuts the connection', (request) => request.socket.destroy()],
]

describe('a store that', () => {
  test.each(FAULTS)('%s costs one warning and little time', async (_, fault) => {
    const url = await serve(fault)
    const build = await clone({ url, timeoutMs: 500 })
    const begun = performance.now()
    const assets = await build.make(20, WEBP)
    await build.hd.close()
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(assets).toHaveLength(20)
    expect(build.upscaled()).toBe(20)
    expect(build.warnings).toEqual([expect.stringMatching(/^the remote cache http.*HD_REMOTE/)])
  })

  test('is off costs one warning, and few requests', async () => {
    const build = await clone('http://127.0.0.1:9/')
    await build.make(20, WEBP)
    await build.hd.close()
    expect(build.warnings).toEqual([expect.stringMatching(/ECONNREFUSED/)])
  })

  test('never answers is asked by no more images than may ask at once', async () => {
    let asked = 0
    const url = await serve(() => void asked++)
    const build = await clone({ url, timeoutMs: 300, concurrency: 3 })
    await build.make(20, WEBP)
    await build.hd.close()
    expect(asked).toBeLessThanOrEqual(3)
  })

  test.each([
    ['refuses writes', 403, 1],
    ['is full', 507, 1],
    ['breaks down at writes', 500, 10],
    ['takes no large entries', 413, 10],
  ])('%s is still read', async (_, status, most) => {
    const server = await objectServer()
    const first = await clone(server.url)
    await first.make(3, WEBP)
    await first.hd.close()
    const before = server.count('PUT')
    server.fault = ({ method }, response) => method === 'PUT' && response.writeHead(status).end()
    const second = await clone({ url: server.url, concurrency: 1 })
    await second.make(9, WEBP)
    await second.hd.close()
    expect(second.upscaled()).toBe(6)
    expect(second.warnings).toHaveLength(1)
    expect(second.warnings[0]).toContain(`HTTP ${status} for PUT`)
    expect(server.count('PUT') - before).toBeLessThanOrEqual(most)
  })

  test('takes writes slowly does not hold up the end of a build for long', async () => {
    const server = await objectServer()
    server.fault = ({ method }) => method === 'PUT'
    const build = await clone(server.url)
    await build.make(3, WEBP)
    const begun = performance.now()
    await build.hd.close()
    expect(performance.now() - begun).toBeLessThan(20_000)
    expect(build.warnings).toEqual([
      expect.stringMatching(/6 entries \(.* MB\) not sent in time; `hd cache push` sends the rest/),
    ])
  })

  test('gets each entry from all images at once is asked once', async () => {
    const server = await objectServer()
    const build = await clone({ url: server.url, mode: 'read' })
    await build.make(1, WEBP)
    const paths = server.requests.map(({ method, path }) => `${method} ${path}`)
    expect(new Set(paths).size).toBe(paths.length)
  })
})

describe('in CI', () => {
  test.each([
    [{ CI: 'true' }, 0],
    [{ CI: '1', UNPLUGIN_HD_REMOTE: 'r' }, 0],
    [{ TF_BUILD: 'True' }, 0],
    [{ UNPLUGIN_HD_REMOTE: 'r' }, 0],
    [{ CI: 'true', UNPLUGIN_HD_REMOTE: 'rw' }, 4],
    [{ CI: 'false' }, 4],
    [{}, 4],
  ])('with %j so many writes arrive: %i', async (env, writes) => {
    const server = await objectServer()
    const build = await clone(server.url, env as Record<string, string>)
    await build.make(2, WEBP)
    await build.hd.close()
    expect(server.count('PUT')).toBe(writes)
    expect(build.warnings).toEqual([])
  })

  test('the option mode takes precedence where it forbids', async () => {
    const server = await objectServer()
    const build = await clone({ url: server.url, mode: 'read' }, { UNPLUGIN_HD_REMOTE: 'rw' })
    await build.make(2, WEBP)
    await build.hd.close()
    expect(server.count('PUT')).toBe(0)
  })

  test('UNPLUGIN_HD_REMOTE=off asks nothing, and another value is refused', async () => {
    const server = await objectServer()
    const build = await clone(server.url, { UNPLUGIN_HD_REMOTE: 'off' })
    await build.make(2, WEBP)
    await build.hd.close()
    expect(server.requests).toEqual([])
    await expect(clone(server.url, { UNPLUGIN_HD_REMOTE: 'yes' })).rejects.toThrow(
      "the option 'UNPLUGIN_HD_REMOTE' is 'yes', expected 'rw', 'r', 'off'",
    )
  })
})

describe('secrets', () => {
  const env = { UNPLUGIN_HD_REMOTE_TOKEN: 'tok-en/1', UNPLUGIN_HD_REMOTE_KEY: 'the-signing-key' }

  test('are sent where they belong', async () => {
    const server = await objectServer()
    const build = await clone(server.url, env)
    await build.make(1, WEBP)
    await build.hd.close()
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer tok-en/1']))
    const basic = await clone(server.url.replace('//', '//me:p%40ss@'))
    await basic.make(1, WEBP)
    expect(server.requests.at(-1)!.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
  })

  test('are in no warning, error, report or entry', async () => {
    const server = await objectServer()
    const url = `${server.url.replace('//', '//someone:pass%2Fword@')}?sig=query-secret`
    const build = await clone(url, env)
    await build.make(1, WEBP)
    server.fault = (_, response) => response.writeHead(403, 'tok-en/1 the-signing-key pass/word').end()
    const failing = await clone(url, env)
    await failing.make(2, WEBP)
    await failing.hd.close()
    const remote = failing.hd.options.cache.remote!({ debug() {}, info() {}, warn: (text) => void failing.warnings.push(text) })
    const check = await remote.check()
    expect(check.ok).toBe(false)
    const thrown = await remote.send('0'.repeat(64), { meta: {}, bytes: Buffer.from('x') }).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'HD_REMOTE' })
    const text = [...failing.warnings, JSON.stringify(check), String(thrown), ...server.objects.values()].join('\n')
    for (const secret of ['tok-en', 'signing-key', 'pass/word', 'pass%2Fword', 'query-secret', 'someone']) {
      expect(text, secret).not.toContain(secret)
    }
    await expect(clone('https://me:hidden-word@/x y#z')).rejects.toThrow(/^(?!.*hidden-word).*'cache.remote' is a string/)
  })
})

test('http: is warned about unless it is this machine', async () => {
  const build = await clone({ url: 'http://cache.invalid/hd', timeoutMs: 300 })
  await build.make(1, WEBP)
  await build.hd.close()
  expect(build.warnings[0]).toContain('http: is not encrypted')
})
