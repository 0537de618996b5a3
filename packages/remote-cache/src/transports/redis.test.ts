import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { clone } from '../testing/clones.ts'
import { freePort, isInstalled, startProgram, stopProgram } from '../testing/programs.ts'
import { redisTransport, type RedisClient } from './redis.ts'

const WEBP = { format: 'webp' } as const
const PASSWORD = 'p@ss/50%word'

const start = (port: number, ...more: string[]) =>
  startProgram(
    'redis-server',
    ({ folder }) => ['--port', String(port), '--dir', folder, '--save', '', '--requirepass', PASSWORD, ...more],
    port,
  )

describe.skipIf(!isInstalled('redis-server'))('Redis (skipped without redis-server)', () => {
  test('serves a second clone, with the password in the URL, with or without a percent sign escaped, or in a variable', async () => {
    const port = await freePort()
    await start(port)
    const first = await clone(`redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/1`)
    await first.make(4, WEBP)
    await first.hd.close()
    const unescaped = await clone(`redis://:${encodeURIComponent(PASSWORD).replace('%25', '%')}@127.0.0.1:${port}/1`)
    await unescaped.make(4, WEBP)
    await unescaped.hd.close()
    const second = await clone(`redis://127.0.0.1:${port}/1`, { UNPLUGIN_HD_REMOTE_TOKEN: PASSWORD })
    await second.make(4, WEBP)
    await second.hd.close()
    expect([...first.warnings, ...unescaped.warnings, ...second.warnings]).toEqual([])
    expect(second.upscaled()).toBe(0)
  })

  test.each<RedisClient>(['ioredis', 'redis'])('that is restarted is used again, by %s', async (client) => {
    const port = await freePort()
    const server = await start(port)
    const redis = redisTransport(`redis://127.0.0.1:${port}`, PASSWORD, 2000, import.meta.dirname, [client])
    const { signal } = new AbortController()
    await redis.put('a', Buffer.from([0, 255, 10]), signal)
    expect(await redis.get('a', 10, signal)).toEqual(Buffer.from([0, 255, 10]))
    await expect(redis.get('a', 2, signal)).rejects.toMatchObject({ kind: 'too-large' })
    expect(await redis.get('a', 3, signal)).toEqual(Buffer.from([0, 255, 10]))
    expect(await redis.get('b', 10, signal)).toBeUndefined()
    const large = Buffer.alloc(300_000, 7)
    await redis.put('large', large, signal)
    expect(large.equals((await redis.get('large', 300_000, signal))!)).toBe(true)
    await expect(redis.get('large', 299_999, signal)).rejects.toMatchObject({ kind: 'too-large' })
    await stopProgram(server)
    await expect(redis.has('a', signal)).rejects.toThrow()
    await expect(redis.has('a', signal)).rejects.toThrow(/ECONNREFUSED/)
    await start(port)
    expect(await redis.has('a', signal)).toBe(false)
    await redis.close()
  })

  test.each([
    ['a wrong password', [], 'wrong-word', /WRONGPASS/],
    ['no memory left', ['--maxmemory', '100kb'], PASSWORD, /Redis has no memory left/],
  ])('with %s costs one warning', async (_, more, password, text) => {
    const port = await freePort()
    await start(port, ...more)
    const build = await clone(`redis://127.0.0.1:${port}`, { UNPLUGIN_HD_REMOTE_TOKEN: password })
    await build.make(3, WEBP)
    await build.hd.close()
    expect(build.upscaled()).toBe(3)
    expect(build.warnings).toEqual([expect.stringMatching(text)])
    expect(build.warnings.join()).not.toContain(password)
  })
})

test('without a client it is an error that says what to install', async () => {
  const redis = redisTransport('redis://127.0.0.1:1', undefined, 100, import.meta.dirname, [])
  await expect(redis.has('a', new AbortController().signal)).rejects.toThrow(/Install one: `npm install --save-dev ioredis`/)
})

test.each<RedisClient>(['ioredis', 'redis'])(
  'lets go of a server that takes the connection and never answers, by %s',
  async (client) => {
    const port = await freePort()
    const server = createServer((socket) => void socket.resume()).listen(port, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const redis = redisTransport(`redis://127.0.0.1:${port}`, undefined, 60_000, import.meta.dirname, [client])
    const controller = new AbortController()
    const timedOut = redis.has('a', controller.signal).catch((error: unknown) => error)
    const [first] = (await once(server, 'connection')) as [Socket]
    controller.abort()
    expect(await timedOut).toBeInstanceOf(Error)
    if (!first.closed) await once(first, 'close')

    const closed = redis.has('a', new AbortController().signal).catch((error: unknown) => error)
    const [second] = (await once(server, 'connection')) as [Socket]
    await redis.close()
    expect(await closed).toBeInstanceOf(Error)
    if (!second.closed) await once(second, 'close')
  },
)

test('a Redis that is off costs one warning', async () => {
  const build = await clone(`redis://127.0.0.1:${await freePort()}`)
  await build.make(3, WEBP)
  await build.hd.close()
  expect(build.upscaled()).toBe(3)
  expect(build.warnings).toEqual([expect.stringMatching(/ECONNREFUSED|Connection is closed/)])
})
