import { expect, test } from 'vitest'
import type { WechatError } from './errors/errors.ts'
import { errcode, html, json, MEDIA, image, reset, status, STABLE, truncated, UPLOAD } from './testing/server.ts'
import { bench, DOUBLED, fakeClock, input, mapMemo, PAIR, rejection, TOKEN, wellServer } from './testing/setting.ts'

const DAY = 24 * 3_600_000

test('declares its name, version and limits', () => {
  const { upscaler } = bench({ url: 'http://127.0.0.1:1' } as never)
  expect(upscaler).toMatchObject({
    name: 'wechat',
    version: 'imgsuperresolution-1',
    metered: true,
    accepts: { formats: ['jpeg', 'png'], maxBytes: 1_999_999 },
  })
})

test('uploads, fetches and returns the bytes unchanged', async () => {
  const server = await wellServer()
  expect(Buffer.from(await bench(server).run()).equals(DOUBLED)).toBe(true)
  expect(server.seen.map(({ path }) => path)).toEqual([STABLE, UPLOAD, MEDIA])
})

test('an image in the answer needs no download', async () => {
  const server = await wellServer()
  server.on(UPLOAD, image(DOUBLED))
  expect(await bench(server).run()).toHaveLength(DOUBLED.length)
  expect(server.count(MEDIA)).toBe(0)
})

test.each([
  ['resets', reset],
  ['truncated images', truncated(DOUBLED)],
  ['-1', errcode(-1)],
])('a download that fails with %s is retried without a second upload', async (_, reply) => {
  const server = await wellServer()
  server.on(MEDIA, reply, reply, image(DOUBLED))
  await bench(server).run()
  expect([server.count(UPLOAD), server.count(MEDIA)]).toEqual([1, 3])
})

test('after a failed download or a crash after the media_id, the next build only fetches', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  server.on(MEDIA, reset)
  await rejection(bench(server, PAIR, kept).run())
  expect([...kept.values.values()].some((value) => value.includes('media-1'))).toBe(true)
  server.on(MEDIA, image(DOUBLED))
  const next = bench(server, PAIR, kept)
  expect(await next.run()).toHaveLength(DOUBLED.length)
  expect(server.count(UPLOAD)).toBe(1)
  expect(server.seen.at(-1)!.query.get('media_id')).toBe('media-1')
  // Other images and accounts are not confused.
  await next.run(1)
  await bench(server, { ...PAIR, appid: 'wxother' }, kept).run()
  expect(server.count(UPLOAD)).toBe(3)
})

test('the media_id is stored before the download begins', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  let then: string[] = []
  server.on(MEDIA, (response, seen) => {
    then = [...kept.values.values()]
    image(DOUBLED)(response, seen)
  })
  await bench(server, PAIR, kept).run()
  expect(then).toContainEqual(expect.stringContaining('"mediaId":"media-1"'))
})

test('a remembered result that is older than three days or damaged is not requested', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  const time = fakeClock()
  await bench(server, PAIR, kept, time).run()
  time.forward(3 * DAY - 11 * 60_000)
  await bench(server, PAIR, kept, time).run()
  expect(server.count(UPLOAD)).toBe(1)
  time.forward(2 * 60_000)
  await bench(server, PAIR, kept, time).run()
  expect(server.count(UPLOAD)).toBe(2)
  for (const key of kept.values.keys()) kept.values.set(key, '{')
  await bench(server, PAIR, kept, time).run()
  expect(server.count(UPLOAD)).toBe(3)
  expect(server.seen.filter(({ path }) => path === MEDIA).map(({ query }) => query.get('media_id'))).toEqual([
    'media-1',
    'media-1',
    'media-2',
    'media-3',
  ])
})

test('a remembered result that WeChat does not know is replaced by an upload', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  await bench(server, PAIR, kept).run()
  server.on(MEDIA, errcode(40007), image(DOUBLED))
  await bench(server, PAIR, kept).run()
  expect([server.count(UPLOAD), server.count(MEDIA)]).toEqual([2, 3])
})

test('a memo that cannot store the media_id causes a warning, not a failure', async () => {
  const server = await wellServer()
  const { context, upscaler, lines } = bench(server)
  const { memo } = context
  const set = async (key: string, value: string): Promise<void> => {
    if (key.startsWith('media')) throw new Error('disk full')
    await memo.set(key, value)
  }
  await upscaler.upscale(input(), { ...context, memo: { ...memo, set } })
  expect(lines).toContainEqual(expect.stringContaining('disk full'))
})

test('processes at most `concurrency` images at once', async () => {
  const server = await wellServer()
  server.on(UPLOAD, (response, seen) => void setTimeout(() => json({ media_id: 'm' })(response, seen), 5))
  const { run } = bench(server)
  await Promise.all(Array.from({ length: 9 }, (_, seed) => run(seed)))
  expect(server.most()).toBe(2)
})

test('keeps `minIntervalMs` between calls', async () => {
  const server = await wellServer()
  const { run, time } = bench(server, { ...PAIR, minIntervalMs: 500, concurrency: 1 })
  for (let seed = 0; seed < 3; seed++) await run(seed)
  expect(time.waits).toEqual([500, 500])
})

test('the budget counts every call, also failed ones, across builds until midnight in Shanghai', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  const time = fakeClock()
  server.on(UPLOAD, errcode(-1), json({ media_id: 'm' }))
  const options = { ...PAIR, dailyBudget: 3, concurrency: 8 }
  await bench(server, options, kept, time).run()
  const next = bench(server, options, kept, time)
  const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(next.run))
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(5)
  for (const { reason } of refused)
    expect(reason).toMatchObject({
      code: 'WECHAT_BUDGET',
      // Each error has the number, and the time with its zone.
      message: expect.stringMatching(
        /budget of 3 calls .* starts anew at [\d-]{10} 00:00 in Beijing \([\d-]{10}T16:00Z\)\. Raise/,
      ),
      remedy: expect.stringContaining('dailyBudget'),
    })
  expect(server.count(UPLOAD)).toBe(3)
  // The clock began at noon, and a wait took a second.
  time.forward(DAY / 2 - 1001)
  await rejection(next.run(7))
  expect(server.count(UPLOAD)).toBe(3)
  time.forward(1)
  await next.run(7)
  expect(server.count(UPLOAD)).toBe(4)
})

test('`dailyBudget: 0` sends nothing but fetches paid results', async () => {
  const server = await wellServer()
  const kept = mapMemo()
  await bench(server, PAIR, kept).run()
  const frugal = bench(server, { ...PAIR, dailyBudget: 0 }, kept)
  await frugal.run()
  expect(await rejection(frugal.run(1))).toMatchObject({ code: 'WECHAT_BUDGET' })
  expect(server.count(UPLOAD)).toBe(1)
})

test('a sign of removal stops it for this build with one message, and close() resets it', async () => {
  const server = await wellServer()
  server.on(UPLOAD, html(404))
  const { run, upscaler } = bench(server)
  const errors = await Promise.all(Array.from({ length: 12 }, (_, seed) => rejection(run(seed))))
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'WECHAT_REMOVED', message: expect.stringContaining('api_imgsuperresolution') })
  }
  expect(server.count(UPLOAD)).toBeLessThanOrEqual(2)
  expect(errors.filter((error) => !(error as WechatError).told)).toHaveLength(1)
  await upscaler.close!()
  await rejection(run())
  expect(server.count(UPLOAD)).toBeLessThanOrEqual(3)
  expect(server.count(UPLOAD)).toBeGreaterThan(1)
})

test('stops after five failures in a row, but not with a success in between', async () => {
  const server = await wellServer()
  const options = { ...PAIR, retries: 0, concurrency: 1 }
  const bad = status(500)
  server.on(UPLOAD, bad, bad, bad, bad, json({ media_id: 'm' }), bad)
  const { run } = bench(server, options)
  for (let seed = 0; seed < 9; seed++) await run(seed).catch(() => {})
  expect(server.count(UPLOAD)).toBe(9)
  await run(9).catch(() => {})
  expect(await rejection(run(10))).toMatchObject({
    code: 'WECHAT_UNAVAILABLE',
    message: expect.stringMatching(/not called any more.*5 images in a row.*HTTP 500.*developers\.weixin\.qq\.com/),
  })
  expect(server.count(UPLOAD)).toBe(10)
})

test('does not stop for images that are not accepted', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(101002))
  const { run } = bench(server)
  for (let seed = 0; seed < 7; seed++) expect(await rejection(run(seed))).toMatchObject({ code: 'WECHAT_IMAGE' })
  expect(server.count(UPLOAD)).toBe(7)
})

test('an image that waits for a retry is not sent after it stopped', async () => {
  const server = await wellServer()
  server.on(UPLOAD, errcode(-1), errcode(40066))
  const { run, time } = bench(server, { ...PAIR, concurrency: 2 })
  const { clock } = time.context
  let release: (() => void) | undefined
  clock.delay = () => new Promise((resolve) => (release = resolve))
  const waiting = rejection(run(0))
  await expect.poll(() => server.count(UPLOAD)).toBe(1)
  expect(await rejection(run(1))).toMatchObject({ code: 'WECHAT_REMOVED' })
  release!()
  expect(await waiting).toMatchObject({ code: 'WECHAT_REMOVED' })
  expect(server.count(UPLOAD)).toBe(2)
})

test('an abort fails with HD_ABORTED, frees the place, and does not count as a failure', async () => {
  const server = await wellServer()
  const { upscaler, context, run } = bench(server, { ...PAIR, concurrency: 1 })
  for (let seed = 0; seed < 6; seed++) {
    const controller = new AbortController()
    const arrived = new Promise<void>((resolve) => server.on(UPLOAD, () => resolve()))
    const failed = rejection(upscaler.upscale(input(seed), { ...context, signal: controller.signal }))
    await arrived
    // The second image waits for the place.
    const queued = rejection(upscaler.upscale(input(99), { ...context, signal: controller.signal }))
    controller.abort()
    expect(await failed).toMatchObject({ code: 'HD_ABORTED' })
    expect(await queued).toMatchObject({ code: 'HD_ABORTED' })
  }
  server.on(UPLOAD, json({ media_id: 'm' }))
  await run()
})

test('close() aborts images in progress, and later ones work', async () => {
  const server = await wellServer()
  const { run, upscaler } = bench(server)
  const arrived = new Promise<void>((resolve) => server.on(UPLOAD, () => resolve()))
  const failed = rejection(run())
  await arrived
  await upscaler.close!()
  expect(await failed).toMatchObject({ code: 'HD_ABORTED' })
  server.on(UPLOAD, json({ media_id: 'm' }))
  await run()
})

test('`publicUrl` sends the URL instead of the image; without a URL it uploads', async () => {
  const server = await wellServer()
  const { run } = bench(server, {
    ...PAIR,
    publicUrl: ({ file }) => (file === 'src/1.jpg' ? undefined : `https://example.com/${file}`),
  })
  await run(0)
  await run(1)
  const uploads = server.seen.filter(({ path }) => path === UPLOAD)
  expect(uploads.map(({ query, body }) => [query.get('img_url'), body.length > 0])).toEqual([
    ['https://example.com/src/0.jpg', false],
    [null, true],
  ])
})

test.each([
  [
    'throws',
    () => {
      throw new Error('no bucket')
    },
  ],
  ['gives no address', () => 'images/1.jpg'],
])('a `publicUrl` that %s fails the image before anything is sent', async (_, publicUrl) => {
  const server = await wellServer()
  expect(await rejection(bench(server, { ...PAIR, publicUrl }).run())).toMatchObject({ code: 'WECHAT_IMAGE' })
  expect(server.seen).toEqual([])
})

test("tokenEndpoint 'token' warns once", async () => {
  const server = await wellServer()
  server.on('/cgi-bin/token', json({ access_token: TOKEN, expires_in: 7200 }))
  const { run, lines } = bench(server, { ...PAIR, tokenEndpoint: 'token' })
  await run(0)
  await run(1)
  expect(lines).toEqual([expect.stringContaining('invalidates')])
})

test('missing credentials fail the first image, and stop it', async () => {
  const server = await wellServer()
  const { run } = bench(server, {})
  for (let seed = 0; seed < 2; seed++) expect(await rejection(run(seed))).toMatchObject({ code: 'WECHAT_CREDENTIALS' })
  expect(server.seen).toEqual([])
})
