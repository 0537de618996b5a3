import { createRequire } from 'node:module'
import { inspect } from 'node:util'
import { beforeEach, expect, test, vi } from 'vitest'
import { cloudUpscalerOf, wechatCloud } from './cloud.ts'
import { resolveCloudOptions, type WechatCloudOptions, type WechatCloudSdk } from './options.ts'
import { type Bench, benchOf, DOUBLED, fakeClock, input, type Kept, mapMemo, rejection } from '../testing/setting.ts'

type Call = (data: Record<string, unknown>) => unknown

/** The error that an SDK throws for an answer of WeChat. */
function sdkError(errCode: unknown, errMsg = 'no reason'): Error {
  return Object.assign(new Error(errMsg), { errCode, errMsg: `openapi.img.superresolution:fail ${errMsg}` })
}

const MADE = { mediaId: 'm-1', errCode: 0, errMsg: 'openapi.img.superresolution:ok' }
const FETCHED = { contentType: 'image/jpeg', buffer: DOUBLED, errCode: 0 }

interface Scripted {
  cloud: WechatCloudSdk
  uploads: Record<string, unknown>[]
  downloads: Record<string, unknown>[]
}

/** A cloud that returns scripted answers and repeats the last one. Errors are thrown. */
function scripted(uploads: unknown[], downloads: unknown[] = [FETCHED]): Scripted {
  const seen = { uploads: [], downloads: [] }
  const openapi = {
    img: { superresolution: answering(uploads, seen.uploads) },
    customerServiceMessage: { getTempMedia: answering(downloads, seen.downloads) },
  }
  return { ...seen, cloud: { openapi } }
}

function answering(answers: unknown[], seen: Record<string, unknown>[]): Call {
  return async (data) => {
    seen.push(data)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer
  }
}

function bench(cloud: WechatCloudSdk, options: Omit<WechatCloudOptions, 'cloud'> = {}, kept: Kept = mapMemo()): Bench {
  const time = fakeClock()
  return benchOf(cloudUpscalerOf(resolveCloudOptions({ cloud, ...options }), time.context), kept, time)
}

test('is metered, and shares name and version with wechat(), because the pixels are the same', () => {
  expect(wechatCloud({ cloud: { openapi: {} } })).toMatchObject({
    name: 'wechat',
    version: 'imgsuperresolution-1',
    metered: true,
    accepts: { formats: ['jpeg', 'png'], maxBytes: 1_999_999 },
  })
})

test.each([
  [{}, /'cloud' is missing, expected a wx-server-sdk/],
  [{ cloud: null }, /'cloud' is null/],
  [{ cloud: {} }, /'cloud'/],
  [{ cloud: { openapi: {} }, endpoint: 'x' }, /wechatCloud\(\): the option 'endpoint' is unknown/],
  [{ cloud: { openapi: {} }, appid: '' }, /'appid'/],
  [{ cloud: { openapi: {} }, retries: 11 }, /wechatCloud\(\): the option 'retries' is 11/],
  [{ cloud: { openapi: {} }, dailyBudget: -1 }, /'dailyBudget'/],
])('refuses %j', (options, message) => {
  expect(() => wechatCloud(options as never)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

test('sends a Buffer with its type, the only form of a file that the SDK accepts, and fetches by mediaId', async () => {
  const { cloud, uploads, downloads } = scripted([MADE])
  expect(Buffer.from(await bench(cloud).run(3)).equals(DOUBLED)).toBe(true)
  const { data } = await input(3).encoded()
  expect(uploads).toEqual([{ img: { contentType: 'image/jpeg', value: Buffer.from(data) } }])
  expect(Buffer.isBuffer((uploads[0]!['img'] as { value: unknown }).value)).toBe(true)
  expect(downloads).toEqual([{ mediaId: 'm-1' }])
})

test('sends a URL as imgUrl', async () => {
  const { cloud, uploads } = scripted([MADE])
  await bench(cloud, { publicUrl: ({ file }) => `https://example.com/${file}` }).run()
  expect(uploads).toEqual([{ imgUrl: 'https://example.com/src/0.jpg' }])
})

test.each([
  ['media_id', { media_id: 'm-1', errcode: 0 }],
  ['an errCode as text', { mediaId: 'm-1', errCode: '0' }],
  ['no errCode', { mediaId: 'm-1' }],
])('accepts an answer with %s', async (_, answer) => {
  const { cloud, downloads } = scripted([answer])
  await bench(cloud).run()
  expect(downloads).toEqual([{ mediaId: 'm-1' }])
})

test('an image in the answer needs no download', async () => {
  const { cloud, downloads } = scripted([FETCHED])
  expect(await bench(cloud).run()).toHaveLength(DOUBLED.length)
  expect(downloads).toEqual([])
})

test.each([
  [-604_100, 'WECHAT_REMOVED', 1],
  [40_066, 'WECHAT_REMOVED', 1],
  [-604_101, 'WECHAT_CREDENTIALS', 1],
  [-604_104, 'WECHAT_CREDENTIALS', 1],
  [-501_005, 'WECHAT_CREDENTIALS', 1],
  [45_009, 'WECHAT_QUOTA', 1],
  ['101002', 'WECHAT_IMAGE', 1],
  [-604_102, 'WECHAT_NETWORK', 3],
  [-604_103, 'WECHAT_UNAVAILABLE', 3],
  [-501_001, 'WECHAT_NETWORK', 3],
  [-1, 'WECHAT_UNAVAILABLE', 3],
  [777, 'WECHAT_RESPONSE', 1],
])('a thrown errCode %s is %s, after %i calls', async (errCode, code, calls) => {
  const { cloud, uploads } = scripted([sdkError(errCode, 'words rid: 1-2-3')])
  const error = await rejection(bench(cloud, { retries: 2 }).run())
  expect(error).toMatchObject({ code, errcode: Number(errCode), rid: '1-2-3' })
  expect(uploads).toHaveLength(calls)
})

test("a gateway's error page is not a sign of removal, and is retried", async () => {
  const { cloud, uploads } = scripted([{ buffer: Buffer.from('<html><title>502 Bad Gateway</title></html>') }, MADE])
  await bench(cloud).run()
  expect(uploads).toHaveLength(2)
})

test('an errCode that is returned instead of thrown is treated the same', async () => {
  const { cloud } = scripted([{ errCode: '40066', errMsg: 'invalid url' }])
  expect(await rejection(bench(cloud).run())).toMatchObject({ code: 'WECHAT_REMOVED', errcode: 40_066 })
})

test.each([
  ['a page', { contentType: 'text/html', buffer: Buffer.from('<!DOCTYPE html>') }, 'WECHAT_REMOVED'],
  ['nothing', undefined, 'WECHAT_RESPONSE'],
  ['no mediaId', { errCode: 0 }, 'WECHAT_RESPONSE'],
  ['an Error that is not of the SDK', new TypeError('x is not a function'), 'WECHAT_RESPONSE'],
])('%s in place of an answer is %s', async (_, answer, code) => {
  const { cloud, uploads } = scripted([answer])
  expect(await rejection(bench(cloud).run())).toMatchObject({ code, step: 'upload' })
  expect(uploads).toHaveLength(1)
})

test.each([
  ['JSON', { errCode: 0 }, 'WECHAT_RESPONSE'],
  ['half an image', { ...FETCHED, buffer: DOUBLED.subarray(0, 500) }, 'WECHAT_NETWORK'],
])('%s in place of the result is %s, and the next build does not pay again', async (_, answer, code) => {
  const kept = mapMemo()
  const first = scripted([MADE], [answer])
  expect(await rejection(bench(first.cloud, { retries: 0 }, kept).run())).toMatchObject({ code })
  const second = scripted([MADE])
  expect(await bench(second.cloud, {}, kept).run()).toHaveLength(DOUBLED.length)
  expect([second.uploads.length, second.downloads]).toEqual([0, [{ mediaId: 'm-1' }]])
})

test('a call without an answer times out and is retried', async () => {
  const { cloud, uploads } = scripted([new Promise(() => {}), MADE])
  await bench(cloud, { attemptTimeoutMs: 20 }).run()
  expect(uploads).toHaveLength(2)
})

test('an abort rejects at once, although the call cannot be cancelled', async () => {
  const { cloud } = scripted([new Promise(() => {})])
  const { upscaler, context } = bench(cloud)
  const controller = new AbortController()
  const failed = rejection(upscaler.upscale(input(), { ...context, signal: controller.signal }))
  controller.abort()
  expect(await failed).toMatchObject({ code: 'HD_ABORTED' })
})

test("errors contain nothing of the SDK's environment", async () => {
  const env = { TENCENTCLOUD_SECRETKEY: 'key-of-the-environment', TENCENTCLOUD_SESSIONTOKEN: 'session-of-the-environment' }
  const words = `${Object.values(env).join(' ')} for https://h/?access_token=abc`
  const answers = [sdkError(-604_103, words), Object.assign(new Error(words), { config: env }), sdkError(777, words)]
  for (const answer of answers) {
    const { context } = fakeClock(env)
    const upscaler = cloudUpscalerOf(resolveCloudOptions({ cloud: scripted([answer]).cloud, retries: 0 }), context)
    const shown = inspect(await rejection(benchOf(upscaler).run()), { depth: 20, showHidden: true })
    for (const secret of [...Object.values(env), 'abc']) expect(shown).not.toContain(secret)
  }
})

interface RealSdk extends WechatCloudSdk {
  createNewInstance(config: Record<string, unknown>): RealSdk
}

/** Without a network: calls that reach Tencent Cloud are tested with the pipeline. */
const sdk = createRequire(import.meta.url)('wx-server-sdk') as RealSdk

beforeEach(() => {
  // Otherwise the SDK probes a host of Tencent Cloud.
  for (const [name, value] of [
    ['TENCENTCLOUD_RUNENV', 'SCF'],
    ['TENCENTCLOUD_REGION', 'ap-shanghai'],
    ['SCF_NAMESPACE', 'env-test'],
  ] as const) {
    vi.stubEnv(name, value)
  }
  return () => void vi.unstubAllEnvs()
})

test('the real SDK without init() is distinguished from a busy WeChat', async () => {
  expect(await rejection(bench(sdk).run())).toMatchObject({
    code: 'WECHAT_CREDENTIALS',
    message: expect.stringContaining('DYNAMIC_CURRENT_ENV'),
  })
})

test('the real SDK without a connection is WECHAT_NETWORK, after the retries', async () => {
  const cloud = sdk.createNewInstance({
    env: 'env-test',
    secretId: 'id',
    secretKey: 'key',
    serviceUrl: 'http://127.0.0.1:1/admin',
  })
  const { run, time } = bench(cloud, { retries: 1 })
  expect(await rejection(run())).toMatchObject({ code: 'WECHAT_NETWORK', errcode: -501_001, step: 'upload' })
  expect(time.waits).toHaveLength(1)
})
