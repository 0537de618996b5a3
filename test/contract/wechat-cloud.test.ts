import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createHd, resample, resolveOptions, type Hd, type Upscaler } from '@unplugin-hd/core'
import { wechatCloud, wechatRelay, type WechatRelayOptions } from '@unplugin-hd/wechat'
import { createWechatEmulator, type WechatEmulator } from '@unplugin-hd/wechat-emulator'
import { loadWxServerSdk, startTencentCloud, type TencentCloud } from './support/tencent-cloud.ts'

const SECRET = 'relay-secret-of-the-test-0123456789abcdef'
const FUNCTION = fileURLToPath(new URL('../../packages/wechat/cloudfunction/index.js', import.meta.url))
const HTTP_ACCESS = fileURLToPath(new URL('support/http-access.mjs', import.meta.url))

/** The environment of a cloud function for the SDK. */
const FUNCTION_ENV = {
  TENCENTCLOUD_RUNENV: 'SCF',
  TENCENTCLOUD_REGION: 'ap-shanghai',
  TENCENTCLOUD_SECRETID: 'secret-id-of-the-environment',
  TENCENTCLOUD_SECRETKEY: 'secret-key-of-the-environment',
  TENCENTCLOUD_SESSIONTOKEN: 'session-token-of-the-environment',
  SCF_NAMESPACE: 'env-test',
  TCB_ENV: 'env-test',
}

interface Workshop {
  emulator: WechatEmulator
  cloud: TencentCloud
  warnings: string[]
  /** An `Hd` on the same cache, as after a restart. */
  hd(upscaler: Upscaler | Upscaler[]): Hd
  write(name: string, bytes: Uint8Array): Promise<string>
  /** Starts the cloud function behind HTTP access. @returns options for it */
  deploy(env?: Record<string, string>): Promise<Required<Pick<WechatRelayOptions, 'endpoint' | 'secret'>>>
  /** The number of calls of img.superresolution that reached WeChat. */
  uploads(): number
}

async function workshop(): Promise<Workshop> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  const emulator = createWechatEmulator({ cloudHosting: true })
  await emulator.listen()
  const cloud = await startTencentCloud(emulator)
  onTestFinished(async () => {
    await cloud.close()
    await emulator.close()
    await rm(root, { recursive: true, force: true })
  })
  const warnings: string[] = []
  return {
    emulator,
    cloud,
    warnings,
    hd(upscaler) {
      const resolved = resolveOptions({ upscaler }, { root, env: {}, defaultUpscaler: resample })
      const log = { debug: () => undefined, info: () => undefined, warn: (message: string) => void warnings.push(message) }
      return createHd(resolved, { log })
    },
    async write(name, bytes) {
      const file = path.join(root, name)
      await writeFile(file, bytes)
      return file
    },
    async deploy(env = { HD_RELAY_SECRET: SECRET }) {
      const all = { ...process.env, ...FUNCTION_ENV, TCB_CONTEXT_CNFG: JSON.stringify({ URL: cloud.url }), ...env }
      const child = spawn(process.execPath, [HTTP_ACCESS, FUNCTION], { env: all, stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(async () => {
        child.kill()
        await once(child, 'close')
      })
      const [port] = (await once(child.stdout, 'data')) as [Buffer]
      return { endpoint: `http://127.0.0.1:${port.toString().trim()}/hd`, secret: SECRET }
    },
    uploads: () => emulator.requests.filter(({ endpoint }) => endpoint === 'superresolution').length,
  }
}

/** Noise that does not compress. */
function noise(width: number, height: number, channels: 3 | 4): Sharp {
  const data = new Uint8Array(channels * width * height)
  for (let at = 0, state = 1; at < data.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    data[at] = 64 + (state >>> 24)
  }
  return sharp(data, { raw: { width, height, channels } })
}

const small = (): Promise<Buffer> => noise(60, 40, 3).jpeg().toBuffer()

function cloudUpscaler({ cloud }: Workshop, options = {}): Upscaler {
  const { TENCENTCLOUD_SECRETID: secretId, TENCENTCLOUD_SECRETKEY: secretKey } = FUNCTION_ENV
  const sdk = loadWxServerSdk().createNewInstance({ env: 'env-test', secretId, secretKey, serviceUrl: cloud.url })
  return wechatCloud({ cloud: sdk, ...options })
}

/** Each kind of connection: creates the upscalers of consecutive builds. */
const WAYS: [string, (place: Workshop) => Promise<(options?: object) => Upscaler>][] = [
  ['wechatCloud() with the real SDK', async (place) => (options) => cloudUpscaler(place, options)],
  [
    'wechatRelay() with the real function and SDK',
    async (place) => {
      const way = await place.deploy()
      return (options) => wechatRelay({ ...way, ...options })
    },
  ],
]

beforeEach(() => {
  for (const [name, value] of Object.entries(FUNCTION_ENV)) vi.stubEnv(name, value)
  return () => void vi.unstubAllEnvs()
})

describe.each(WAYS)('%s in the pipeline', (_, make) => {
  test('a JPEG and a PNG with alpha become an exact 2x', async () => {
    const place = await workshop()
    const hd = place.hd((await make(place))())
    const photo = await hd.job(await hd.source(await place.write('a.jpg', await small()))).make()
    const cutOut = await hd.job(await hd.source(await place.write('b.png', await noise(50, 30, 4).png().toBuffer()))).make()
    await hd.close()
    expect(photo).toMatchObject({ width: 120, height: 80, upscaler: 'wechat', factor: 2 })
    expect(await sharp(cutOut.bytes).metadata()).toMatchObject({ width: 100, height: 60, hasAlpha: true })
    expect(place.uploads()).toBe(2)
    const [{ pairs }] = place.cloud.calls as [TencentCloud['calls'][number]]
    expect(pairs).toMatchObject([{ key: 'img', filename: expect.stringMatching(/^img\.jpe?g$/) }])
    expect(place.warnings).toEqual([])
  })

  test('a build that crashes after the media_id does not pay again', async () => {
    const place = await workshop()
    const upscaler = await make(place)
    const file = await place.write('a.jpg', await small())
    place.emulator.fail('media/get', -1, 20)
    const first = place.hd(upscaler({ retries: 0 }))
    await expect(first.job(await first.source(file)).make()).rejects.toMatchObject({ code: 'WECHAT_UNAVAILABLE' })
    await first.close()
    place.emulator.calm()
    const second = place.hd(upscaler())
    expect(await second.job(await second.source(file)).make()).toMatchObject({ upscaler: 'wechat', width: 120 })
    await second.close()
    expect(place.uploads()).toBe(1)
  })

  test.each(['40066', '404', 'html'] as const)(
    'with the API removed (%s) it says WECHAT_REMOVED and the page',
    async (removed) => {
      const place = await workshop()
      const upscaler = await make(place)
      place.emulator.behaviour.removed = removed
      const hd = place.hd(upscaler())
      const source = await hd.source(await place.write('a.jpg', await small()))
      const wanted = { code: 'WECHAT_REMOVED', file: 'a.jpg', message: expect.stringContaining('https://') }
      await expect(hd.job(source).make()).rejects.toMatchObject(wanted)
      await hd.close()
      expect(place.uploads()).toBe(1)
    },
  )

  test('the error for a missing permission says where to add it', async () => {
    const place = await workshop()
    const upscaler = await make(place)
    place.cloud.permissions.clear()
    const hd = place.hd(upscaler())
    const source = await hd.source(await place.write('a.jpg', await small()))
    await expect(hd.job(source).make()).rejects.toMatchObject({
      code: 'WECHAT_CREDENTIALS',
      errcode: -604_101,
      message: expect.stringContaining('permissions.openapi'),
    })
    await hd.close()
  })

  test('uses an image in the answer, as some callers got it', async () => {
    const place = await workshop()
    const upscaler = await make(place)
    place.emulator.behaviour.answer = 'image'
    const hd = place.hd(upscaler())
    const asset = await hd.job(await hd.source(await place.write('a.jpg', await small()))).make()
    await hd.close()
    expect(asset).toMatchObject({ width: 120, height: 80 })
    expect(place.cloud.files.size).toBe(0)
  })

  test('`publicUrl` makes WeChat fetch the image', async () => {
    const place = await workshop()
    const upscaler = await make(place)
    const bytes = await small()
    place.cloud.files.set('a.jpg', bytes)
    const publicUrl = (): string => `${new URL(place.cloud.url).origin}/storage/a.jpg?sign=signed`
    const hd = place.hd(upscaler({ publicUrl }))
    const asset = await hd.job(await hd.source(await place.write('a.jpg', bytes))).make()
    await hd.close()
    expect(asset).toMatchObject({ width: 120, height: 80 })
    expect(place.cloud.calls[0]!.pairs).toMatchObject([{ key: 'img_url' }])
  })
})

describe('wechatRelay()', () => {
  test('`hd doctor` checks that the function accepts the secret', async () => {
    const place = await workshop()
    const way = await place.deploy()
    const { signal } = new AbortController()
    expect(await wechatRelay(way).check!({ signal })).toMatchObject({ ok: true })
    expect(await wechatRelay({ ...way, secret: `wrong-${SECRET}` }).check!({ signal })).toMatchObject({ ok: false })
    expect(place.cloud.calls).toEqual([])
  })

  test('a large image is uploaded just under 2 MB; its result over 1 MB passes through the cloud storage and is deleted there', async () => {
    const place = await workshop()
    const hd = place.hd(wechatRelay(await place.deploy()))
    const bytes = await noise(1500, 1000, 3).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
    expect(bytes.length).toBeGreaterThan(2_000_000)
    const asset = await hd.job(await hd.source(await place.write('a.jpg', bytes))).make()
    await hd.close()
    expect(await sharp(asset.bytes).metadata()).toMatchObject({ width: 3000, height: 2000 })
    const [upload] = place.cloud.calls
    expect(upload!.pairs[0]!.value.length).toBeGreaterThan(1_000_000)
    expect(place.cloud.fetched).toBe(1)
    expect(place.cloud.files.size).toBe(0)
  })

  test('a wrong secret is refused before anything is paid, and never shown', async () => {
    const place = await workshop()
    const { endpoint } = await place.deploy()
    const wrong = `wrong-${SECRET}`
    const hd = place.hd([wechatRelay({ endpoint, secret: wrong }), resample({ interpolator: 'bicubic' })])
    const asset = await hd.job(await hd.source(await place.write('a.jpg', await small()))).make()
    await hd.close()
    expect(asset.upscaler).toBe('resample')
    const alone = place.hd(wechatRelay({ endpoint, secret: wrong }))
    const source = await alone.source(await place.write('b.jpg', await noise(30, 20, 3).jpeg().toBuffer()))
    const error: unknown = await alone
      .job(source)
      .make()
      .catch((reason: unknown) => reason)
    await alone.close()
    expect(error).toMatchObject({ code: 'WECHAT_CREDENTIALS', status: 401, message: expect.stringContaining('HD_RELAY_SECRET') })
    expect(inspect(error, { depth: 20, showHidden: true }) + place.warnings.join('\n')).not.toContain(wrong)
    expect(place.cloud.calls).toEqual([])
  })

  test.each<Record<string, string>>([{}, { HD_RELAY_SECRET: 'short' }])(
    'a function with the variables %j lets nobody in',
    async (env) => {
      const place = await workshop()
      const hd = place.hd(wechatRelay({ ...(await place.deploy(env)), secret: SECRET }))
      const source = await hd.source(await place.write('a.jpg', await small()))
      await expect(hd.job(source).make()).rejects.toMatchObject({
        code: 'WECHAT_RELAY',
        message: expect.stringContaining('HD_RELAY_SECRET'),
      })
      await hd.close()
      expect(place.cloud.calls).toEqual([])
    },
  )

  test('answers of the function contain no secrets of its environment', async () => {
    const place = await workshop()
    const { endpoint } = await place.deploy()
    await place.cloud.close()
    const hd = place.hd(wechatRelay({ endpoint, secret: SECRET, retries: 0 }))
    const source = await hd.source(await place.write('a.jpg', await small()))
    const error: unknown = await hd
      .job(source)
      .make()
      .catch((reason: unknown) => reason)
    await hd.close()
    expect(error).toMatchObject({ code: 'WECHAT_NETWORK', errcode: -501_001 })
    const shown = inspect(error, { depth: 20, showHidden: true })
    for (const secret of [SECRET, ...Object.values(FUNCTION_ENV).filter((value) => value.includes('-of-the-environment'))]) {
      expect(shown).not.toContain(secret)
    }
  })
})
