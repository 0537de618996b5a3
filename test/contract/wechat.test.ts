import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createHd, isHdError, resample, resolveOptions, type Hd, type HdEvent, type Upscaler } from '@unplugin-hd/core'
import { wechat, type WechatOptions } from '@unplugin-hd/wechat'
import { createWechatEmulator, type EmulatorOptions, type WechatEmulator } from '@unplugin-hd/wechat-emulator'

interface Workshop {
  emulator: WechatEmulator
  events: HdEvent[]
  warnings: string[]
  /** Another `Hd` on the same cache, as after a restart. */
  hd(chain: (upscaler: Upscaler) => Upscaler | Upscaler[], options?: WechatOptions): Hd
  write(name: string, bytes: Uint8Array): Promise<string>
}

async function workshop(settings: EmulatorOptions = {}): Promise<Workshop> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  const emulator = createWechatEmulator(settings)
  const baseUrl = await emulator.listen()
  onTestFinished(async () => {
    await emulator.close()
    await rm(root, { recursive: true, force: true })
  })
  const { appid, secret } = emulator.accounts[0]!
  const events: HdEvent[] = []
  const warnings: string[] = []
  return {
    emulator,
    events,
    warnings,
    hd(chain, options = {}) {
      const upscaler = chain(wechat({ baseUrl, appid, secret, ...options }))
      const resolved = resolveOptions({ upscaler, concurrency: 16 }, { root, env: {}, defaultUpscaler: resample })
      const log = { debug: () => undefined, info: () => undefined, warn: (message: string) => void warnings.push(message) }
      return createHd(resolved, { log, onEvent: (event) => void events.push(event) })
    },
    async write(name, bytes) {
      const file = path.join(root, name)
      await writeFile(file, bytes)
      return file
    },
  }
}

const alone = (upscaler: Upscaler): Upscaler => upscaler
const calls = (emulator: WechatEmulator, endpoint: string): WechatEmulator['requests'] =>
  emulator.requests.filter((request) => request.endpoint === endpoint)

/** Noise that does not compress. */
function noise(width: number, height: number, channels: 3 | 4): Sharp {
  const data = new Uint8Array(channels * width * height)
  for (let at = 0, state = 1; at < data.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    data[at] = 64 + (state >>> 24)
  }
  return sharp(data, { raw: { width, height, channels } })
}

describe('wechat() in the pipeline, against the emulator', () => {
  test('doubles a small JPEG: uploads its original bytes, requests one token, and returns an exact 2x', async () => {
    const { emulator, hd: open, write } = await workshop()
    const bytes = await noise(60, 40, 3).jpeg().toBuffer()
    const hd = open(alone)
    const asset = await hd.job(await hd.source(await write('a.jpg', bytes))).make()
    await hd.close()
    expect(asset).toMatchObject({ width: 120, height: 80, upscaler: 'wechat', factor: 2 })
    const [upload] = calls(emulator, 'superresolution')
    expect(upload!.body.includes(bytes)).toBe(true)
    expect(calls(emulator, 'stable_token')).toHaveLength(1)
    expect(calls(emulator, 'media/get')).toHaveLength(1)
  })

  test('a large image is uploaded below 2 MB, and still becomes an exact 2x with its alpha', async () => {
    const { emulator, hd: open, write, events } = await workshop()
    const hd = open(alone)
    const photo = await noise(1500, 1000, 3).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()
    const cutOut = await noise(900, 700, 4).png().toBuffer()
    expect(Math.min(photo.length, cutOut.length)).toBeGreaterThan(2_000_000)
    const doubledPhoto = await hd.job(await hd.source(await write('photo.jpg', photo))).make()
    const doubledCutOut = await hd.job(await hd.source(await write('cut-out.png', cutOut))).make()
    await hd.close()
    expect(await sharp(doubledPhoto.bytes).metadata()).toMatchObject({ width: 3000, height: 2000 })
    expect(await sharp(doubledCutOut.bytes).metadata()).toMatchObject({ width: 1800, height: 1400, hasAlpha: true })
    const uploads = calls(emulator, 'superresolution')
    expect(uploads).toHaveLength(2)
    for (const { body } of uploads) expect(body.length).toBeLessThan(2_000_000)
    expect(events.filter(({ type }) => type === 'upscaled')).toHaveLength(2)
  })

  test('a build that crashes after the upload does not pay again', async () => {
    const { emulator, hd: open, write } = await workshop()
    const file = await write('a.jpg', await noise(60, 40, 3).jpeg().toBuffer())
    emulator.fail('media/get', { kind: 'html', status: 502 }, 20)
    const first = open(alone, { retries: 0 })
    await expect(first.job(await first.source(file)).make()).rejects.toSatisfy(isHdError)
    await first.close()
    emulator.calm()
    const second = open(alone)
    expect(await second.job(await second.source(file)).make()).toMatchObject({ upscaler: 'wechat', width: 120 })
    await second.close()
    expect(calls(emulator, 'superresolution')).toHaveLength(1)
  })

  test('a hundred images succeed with faults in a fifth of the calls, each paid once', async () => {
    const { emulator, hd: open, write } = await workshop({ faults: { rate: 0.2, seed: 5 }, accounts: [{ dailyQuota: 1000 }] })
    const concurrency = 12
    const hd = open(alone, { concurrency, dailyBudget: 200 })
    const tile = await noise(30, 20, 3).jpeg().toBuffer()
    const assets = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        // A comment makes a different file with the same pixels.
        const comment = Buffer.from([0xff, 0xfe, 0, 3, index])
        const bytes = Buffer.concat([tile.subarray(0, 2), comment, tile.subarray(2)])
        return hd.job(await hd.source(await write(`${index}.jpg`, bytes))).make()
      }),
    )
    await hd.close()
    for (const asset of assets) expect(asset).toMatchObject({ width: 60, height: 40, upscaler: 'wechat' })
    const uploads = calls(emulator, 'superresolution')
    expect(uploads.filter(({ answer }) => answer?.mediaId)).toHaveLength(100)
    expect(uploads.length).toBeGreaterThan(105)
    expect(uploads.length).toBeLessThanOrEqual(200)
    expect(emulator.peak).toBeLessThanOrEqual(concurrency)
  })

  test('a daily budget is never exceeded, and the next upscaler makes the rest, with one message', async () => {
    const { emulator, hd: open, write, events } = await workshop()
    const hd = open((upscaler) => [upscaler, resample({ interpolator: 'bicubic' })], { dailyBudget: 3 })
    const upscalers = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const bytes = await noise(20 + index, 20, 3)
          .jpeg()
          .toBuffer()
        return (await hd.job(await hd.source(await write(`${index}.jpg`, bytes))).make()).upscaler
      }),
    )
    await hd.close()
    expect(upscalers.toSorted()).toEqual([...Array<string>(5).fill('resample'), ...Array<string>(3).fill('wechat')])
    expect(calls(emulator, 'superresolution')).toHaveLength(3)
    expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1)
  })

  test('with the API removed, the chain uses the next upscaler after at most two calls, and says why', async () => {
    const { emulator, hd: open, write, events, warnings } = await workshop()
    emulator.behaviour.removed = '40066'
    const hd = open((upscaler) => [upscaler, resample({ interpolator: 'bicubic' })])
    for (let index = 0; index < 6; index++) {
      const file = await write(
        `${index}.jpg`,
        await noise(40 + index, 30, 3)
          .jpeg()
          .toBuffer(),
      )
      expect((await hd.job(await hd.source(file)).make()).upscaler).toBe('resample')
    }
    await hd.close()
    expect(calls(emulator, 'superresolution').length).toBeLessThanOrEqual(2)
    expect(warnings).toEqual([])
    const said = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    expect(said).toEqual([
      expect.stringMatching(
        /not called any more in this build.*api_imgsuperresolution.*\(WECHAT_REMOVED\); trying 'resample' next$/,
      ),
    ])
  })

  test('without a fallback it fails with WECHAT_REMOVED, the file and a link, and no secret', async () => {
    const { emulator, hd: open, write } = await workshop()
    emulator.behaviour.removed = '404'
    const hd = open(alone)
    const source = await hd.source(await write('a.jpg', await noise(40, 30, 3).jpeg().toBuffer()))
    const error = await hd
      .job(source)
      .make()
      .catch((reason: unknown) => reason)
    await hd.close()
    expect(error).toMatchObject({ code: 'WECHAT_REMOVED', file: 'a.jpg', message: expect.stringContaining('https://') })
    const { secret } = emulator.accounts[0]!
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret)
  })
})
