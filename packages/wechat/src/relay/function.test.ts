import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'

const require = createRequire(import.meta.url)
const FOLDER = '../../cloudfunction'
const { createRelay } = require(`${FOLDER}/relay.js`) as {
  createRelay(cloud: unknown, env: Record<string, string | undefined>): (event: unknown) => Promise<Answer>
}

interface Answer {
  statusCode: number
  headers: Record<string, string>
  isBase64Encoded: boolean
  body: string
}

const SECRET = 'relay-secret-of-the-test-0123456789abcdef'
const ENV = { HD_RELAY_SECRET: SECRET, TENCENTCLOUD_SECRETKEY: 'key-of-the-environment' }
const KEY = 'a-key-of-the-test'
const MEGABYTE = 1_000_000

/** This many bytes, starting like a JPEG. */
const jpeg = (length: number): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(length - 3, length)])
const PNG = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1')

interface Event {
  httpMethod: string
  headers: Record<string, string>
  queryStringParameters: Record<string, string>
  body: string
  isBase64Encoded: boolean | string
}

function event(step: string, body: Buffer | object, changes: Partial<Event> = {}): Event {
  const isImage = Buffer.isBuffer(body)
  return {
    httpMethod: 'POST',
    headers: { 'content-type': isImage ? 'image/jpeg' : 'application/json', 'x-hd-secret': SECRET },
    queryStringParameters: { step, key: KEY },
    body: isImage ? body.toString('base64') : JSON.stringify(body),
    isBase64Encoded: isImage,
    ...changes,
  }
}

const idOf = (path: string): string => `cloud://env-1.bucket/${path}`

async function give(value: unknown): Promise<unknown> {
  if (value instanceof Error) throw value
  return value
}

/** A fake SDK that returns given results and stores files. */
function fakeCloud(made: unknown = { mediaId: 'm-1', errCode: 0 }, result: Buffer = jpeg(1000)) {
  const seen = { uploads: [] as unknown[], media: [] as unknown[], files: new Map<string, Buffer>() }
  const cloud = {
    openapi: {
      img: { superresolution: (data: unknown) => (seen.uploads.push(data), give(made)) },
      customerServiceMessage: {
        getTempMedia: (data: unknown) => (seen.media.push(data), give({ contentType: 'image/jpeg', buffer: result, errCode: 0 })),
      },
    },
    uploadFile: async ({ cloudPath, fileContent }: { cloudPath: string; fileContent: Buffer }) => {
      seen.files.set(idOf(cloudPath), fileContent)
      return { fileID: idOf(cloudPath), statusCode: 200 }
    },
    getTempFileURL: async ({ fileList }: { fileList: { fileID: string }[] }) => ({
      fileList: fileList.map(({ fileID }) =>
        seen.files.has(fileID)
          ? { fileID, tempFileURL: `https://h/${fileID}?sign=1`, status: 0 }
          : { fileID, tempFileURL: '', status: 1 },
      ),
    }),
    deleteFile: async ({ fileList }: { fileList: string[] }) => ({ fileList: fileList.filter((id) => seen.files.delete(id)) }),
  }
  return { cloud, ...seen }
}

async function ask(main: (event: unknown) => Promise<Answer>, asked: unknown): Promise<[number, Record<string, unknown>]> {
  const { statusCode, headers, body } = await main(asked)
  expect(headers['content-type']).toBe('application/json; charset=utf-8')
  return [statusCode, JSON.parse(body) as Record<string, unknown>]
}

test.each<[string, Partial<Event>, number, string]>([
  ['no secret', { headers: {} }, 401, 'secret'],
  ['a wrong secret', { headers: { 'x-hd-secret': `${SECRET}x` } }, 401, 'secret'],
  ['a secret of the same length', { headers: { 'x-hd-secret': SECRET.replace('r', 'x') } }, 401, 'secret'],
  ['the secret in the query', { headers: {}, queryStringParameters: { step: 'upload', 'x-hd-secret': SECRET } }, 401, 'secret'],
  ['GET', { httpMethod: 'GET' }, 405, 'method'],
  ['no step', { queryStringParameters: {} }, 400, 'step'],
  ['a step from the prototype', { queryStringParameters: { step: 'constructor' } }, 400, 'step'],
  ['no key', { queryStringParameters: { step: 'upload' } }, 400, 'key'],
  ['another type', { headers: { 'x-hd-secret': SECRET, 'content-type': 'image/webp' } }, 415, 'type'],
  ['an image that arrived as text', { isBase64Encoded: false }, 415, 'image'],
  ['an image of another type', { body: PNG.toString('base64') }, 415, 'image'],
  ['no body', { body: '' }, 415, 'image'],
  ['more than 2 MiB', { body: jpeg(2 ** 21 + 1).toString('base64') }, 413, 'size'],
  ['far more than 2 MiB', { body: 'A'.repeat(5_000_000) }, 413, 'size'],
])('%s: does not call WeChat', async (_, changes, status, reason) => {
  const { cloud, uploads } = fakeCloud()
  expect(await ask(createRelay(cloud, ENV), event('upload', jpeg(100), changes))).toEqual([
    status,
    { error: reason, message: expect.any(String) as unknown },
  ])
  expect(uploads).toEqual([])
})

test.each([undefined, '', SECRET.slice(0, 31)])('with %j as its own secret it refuses all requests', async (secret) => {
  const { cloud, uploads } = fakeCloud()
  const headers = { 'content-type': 'image/jpeg', 'x-hd-secret': secret ?? 'undefined' }
  const answer = await ask(createRelay(cloud, { HD_RELAY_SECRET: secret }), event('upload', jpeg(100), { headers }))
  expect(answer).toEqual([500, { error: 'setup', message: expect.stringContaining('HD_RELAY_SECRET') as unknown }])
  expect(uploads).toEqual([])
})

test.each<[string, unknown]>([
  ['no event', undefined],
  ['an event of another trigger', { step: 'upload' }],
])('%s is refused', async (_, asked) => {
  const [status] = await ask(createRelay(fakeCloud().cloud, ENV), asked)
  expect(status).toBe(401)
})

test('passes the image as a Buffer, with any spelling of headers and flags', async () => {
  const { cloud, uploads } = fakeCloud()
  const headers = { 'Content-Type': 'image/png; charset=binary', 'X-Hd-Secret': SECRET }
  const answer = await ask(createRelay(cloud, ENV), event('upload', PNG, { headers, isBase64Encoded: 'true' }))
  expect(answer).toEqual([200, { mediaId: 'm-1' }])
  expect(uploads).toEqual([{ img: { contentType: 'image/png', value: PNG } }])
})

test('accepts exactly 2 MiB', async () => {
  const { cloud, uploads } = fakeCloud()
  expect(await ask(createRelay(cloud, ENV), event('upload', jpeg(2 ** 21)))).toEqual([200, { mediaId: 'm-1' }])
  expect((uploads[0] as { img: { value: Buffer } }).img.value).toHaveLength(2 ** 21)
})

test.each([
  [{ imgUrl: 'https://h/a.jpg' }, 200],
  [{ imgUrl: 'cloud://x' }, 400],
  [{ imgUrl: 7 }, 400],
  [{ imgUrl: `https://h/${'a'.repeat(3000)}` }, 400],
  [{ imgUrl: 'https://h/', more: 'a'.repeat(9000) }, 413],
  [[], 400],
])('JSON in place of an image: %j', async (body, status) => {
  const { cloud, uploads } = fakeCloud()
  expect((await ask(createRelay(cloud, ENV), event('upload', body)))[0]).toBe(status)
  expect(uploads).toEqual(status === 200 ? [body] : [])
})

test('the same key is paid once, even while the first call is in progress', async () => {
  const { cloud, uploads } = fakeCloud()
  const main = createRelay(cloud, ENV)
  const asked = event('upload', jpeg(100))
  const answers = await Promise.all([ask(main, asked), ask(main, asked)])
  expect([...answers, await ask(main, asked)]).toEqual(Array.from({ length: 3 }, () => [200, { mediaId: 'm-1' }]))
  expect(uploads).toHaveLength(1)
  await ask(main, event('upload', jpeg(100), { queryStringParameters: { step: 'upload', key: 'another-key' } }))
  expect(uploads).toHaveLength(2)
})

test('a failure is not remembered for its key', async () => {
  const { cloud, uploads } = fakeCloud(Object.assign(new Error(), { errCode: -604_102, errMsg: 'timeout' }))
  const main = createRelay(cloud, ENV)
  for (let time = 0; time < 2; time++) {
    expect(await ask(main, event('upload', jpeg(100)))).toEqual([502, { errCode: -604_102, errMsg: 'timeout' }])
  }
  expect(uploads).toHaveLength(2)
})

test.each([
  [{ media_id: 'm-2', errcode: '0' }, 200, { mediaId: 'm-2' }],
  [{ errCode: '40066', errMsg: 'invalid url' }, 502, { errCode: 40_066, errMsg: 'invalid url' }],
  [{ errcode: 45_009, errmsg: 'quota' }, 502, { errCode: 45_009, errMsg: 'quota' }],
  [null, 502, { error: 'answer' }],
  [{ contentType: 'text/html', buffer: Buffer.from('gone') }, 502, { error: 'page' }],
  [{ contentType: '', buffer: Buffer.from(' <html>') }, 502, { error: 'page' }],
  [{ buffer: Buffer.from('<html><title>502 Bad Gateway</title>') }, 502, { error: 'gateway' }],
  [new TypeError('a bug'), 500, { error: 'internal', message: 'a bug' }],
])('WeChat’s answer %j becomes HTTP %i', async (made, status, fields) => {
  const answer = await ask(createRelay(fakeCloud(made).cloud, ENV), event('upload', jpeg(100)))
  expect(answer).toEqual([status, expect.objectContaining(fields)])
})

test('errors contain no secrets, and are short', async () => {
  const words = `${Object.values(ENV).join(' ')} ${'word '.repeat(200)}`
  for (const error of [Object.assign(new Error(), { errCode: 1, errMsg: words }), new Error(words)]) {
    const { body } = await createRelay(fakeCloud(error).cloud, ENV)(event('upload', jpeg(100)))
    for (const secret of Object.values(ENV)) expect(body).not.toContain(secret)
    expect(body.length).toBeLessThan(400)
  }
})

test('a result of up to 700,000 bytes is returned directly, below the limit of 1 MB', async () => {
  const result = jpeg(700_000)
  const { cloud, media, files } = fakeCloud(undefined, result)
  const answer = await createRelay(cloud, ENV)(event('fetch', { mediaId: 'm-1' }))
  expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { 'content-type': 'image/jpeg' } })
  expect(Buffer.from(answer.body, 'base64').equals(result)).toBe(true)
  expect(JSON.stringify(answer).length).toBeLessThan(MEGABYTE)
  expect([media, files.size]).toEqual([[{ mediaId: 'm-1' }], 0])
})

test('a larger result is stored once, until it is forgotten', async () => {
  const result = jpeg(700_001)
  const { cloud, files } = fakeCloud(undefined, result)
  const main = createRelay(cloud, ENV)
  await ask(main, event('fetch', { mediaId: 'm-1' }))
  const [status, { url, fileID }] = await ask(main, event('fetch', { mediaId: 'm-1' }))
  expect([status, url]).toEqual([200, `https://h/${String(fileID)}?sign=1`])
  expect([...files]).toEqual([[expect.stringMatching(/^cloud:\/\/env-1\.bucket\/unplugin-hd\/[0-9a-f]{64}\.jpg$/), result]])
  expect(await ask(main, event('forget', { fileID }))).toEqual([200, {}])
  expect(files.size).toBe(0)
})

test('an image in WeChat’s answer is stored, because it is paid for', async () => {
  const { cloud, media } = fakeCloud({ contentType: 'image/png', buffer: PNG, errCode: 0 })
  const main = createRelay(cloud, ENV)
  const [, { mediaId }] = await ask(main, event('upload', jpeg(100)))
  expect(mediaId).toMatch(/^cloud:\/\/env-1\.bucket\/unplugin-hd\/[0-9a-f]{64}\.png$/)
  expect((await ask(main, event('fetch', { mediaId })))[1]).toEqual({
    url: `https://h/${String(mediaId)}?sign=1`,
    fileID: mediaId,
  })
  await ask(main, event('forget', { fileID: mediaId }))
  // Like a media_id that WeChat does not know: the caller makes it again.
  expect((await ask(main, event('fetch', { mediaId })))[1]).toMatchObject({ errCode: 40_007 })
  expect(media).toEqual([])
})

test.each([
  'cloud://e.b/other/a.jpg',
  'cloud://e.b/unplugin-hd/../a.jpg',
  `cloud://e.b/unplugin-hd/${'a'.repeat(64)}.exe`,
  undefined,
  {},
])('does not delete the file %j', async (fileID) => {
  const { cloud, files } = fakeCloud()
  files.set(String(fileID), PNG)
  expect((await ask(createRelay(cloud, ENV), event('forget', { fileID })))[0]).toBe(403)
  expect(files.size).toBe(1)
})

test.each([{}, { mediaId: '' }, { mediaId: 'm'.repeat(513) }, { mediaId: ['m'] }])('%j is not a valid result', async (body) => {
  const { cloud, media } = fakeCloud()
  expect((await ask(createRelay(cloud, ENV), event('fetch', body)))[0]).toBe(400)
  expect(media).toEqual([])
})

test('check needs the secret and does not call WeChat', async () => {
  const { cloud, uploads, media } = fakeCloud()
  const main = createRelay(cloud, ENV)
  expect(await ask(main, event('check', {}))).toEqual([200, {}])
  expect((await ask(main, event('check', {}, { headers: {} })))[0]).toBe(401)
  expect([uploads, media]).toEqual([[], []])
})

test('config.json requests only the two permissions', () => {
  const { permissions } = JSON.parse(readFileSync(new URL(`${FOLDER}/config.json`, import.meta.url), 'utf8')) as {
    permissions: unknown
  }
  expect(permissions).toEqual({ openapi: ['img.superresolution', 'customerServiceMessage.getTempMedia'] })
})
