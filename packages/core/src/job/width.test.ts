import { describe, expect, test } from 'vitest'
import sharp from 'sharp'
import { hdErrorOf } from '../testing/errors.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourful, colourfulPng, difference, encodedImage, pixelsOf } from '../testing/images.ts'

/** 60 pixels wide, so its 2x has 120. */
const image = (): Promise<Uint8Array> => colourfulPng(60, 41)

describe('a width', () => {
  test.each([1, 48, 60, 61, 96, 120])('of %i is exact, with the height in proportion', async (width) => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const job = hd.job(await source('a.png', await image()), { width })
    const height = Math.max(1, Math.round((41 * width) / 60))
    expect(await job.plan()).toMatchObject({ width, height, source: { width: 60, height: 41 } })
    const asset = await job.make()
    expect(asset).toMatchObject({ width, height, isSource: false, factor: width > 60 ? 2 : 1 })
    expect(await sharp(asset.bytes).metadata()).toMatchObject({ width, height, format: 'png' })
  })

  test('up to that of the source is made from the source, without any upscaler', async () => {
    const upscaler = repeater()
    const { hd, source } = await workshop({ upscaler })
    const file = await source('a.png', await image())
    for (const width of [30, 60]) expect((await hd.job(file, { width }).make()).upscaler).toBeUndefined()
    expect(upscaler.calls).toHaveLength(0)
    expect((await hd.job(file, { width: 61 }).make()).upscaler).toBe('repeater')
    await hd.job(file, { width: 90 }).make()
    await hd.job(file).make()
    expect(upscaler.calls).toHaveLength(1)
  })

  test('beyond what the factor gives is refused with the most that is possible, when planned and when made', async () => {
    const upscaler = repeater()
    const { hd, source } = await workshop({ upscaler })
    const job = hd.job(await source('a.png', await image()), { width: 121 })
    for (const act of [() => job.make(), () => job.plan()]) {
      const error = await hdErrorOf(act)
      expect(error.code).toBe('HD_QUERY')
      expect(error.message).toMatch(/'w' is 121, but the image is 60 pixels wide, and 120 at 2x.*'w=120'/)
    }
    expect(upscaler.calls).toHaveLength(0)
    expect((await hd.job(await source('a.png', await image()), { width: 180, factor: 3 }).make()).width).toBe(180)
  })

  test('is kept: another build makes nothing, and finds it in cache-only', async () => {
    const { hd, root, source } = await workshop({ upscaler: repeater() })
    const bytes = await image()
    const first = await source('a.png', bytes)
    for (const width of [30, 90]) await hd.job(first, { width, format: 'webp' }).make()
    const upscaler = repeater()
    const again = await workshop({ upscaler, mode: 'cache-only' }, root)
    for (const width of [30, 90]) {
      const job = again.hd.job(await again.source('b.png', bytes), { width, format: 'webp' })
      expect(await job.find()).toMatchObject({ width, format: 'webp' })
      expect(await job.make()).toMatchObject({ width, format: 'webp' })
    }
    expect(upscaler.calls).toHaveLength(0)
    const missing = again.hd.job(await again.source('c.png', await colourfulPng(60, 40)), { width: 91 })
    expect((await hdErrorOf(() => missing.make())).code).toBe('HD_CACHE_MISS')
  })

  test('of a transparent image does not mix hidden colours in', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    // Red on the left; green, but transparent, on the right.
    const data = new Uint8Array(4 * 40 * 20)
    for (let at = 0; at < 800; at++) data.set(at % 40 < 20 ? [255, 0, 0, 255] : [0, 255, 0, 0], 4 * at)
    const file = await source('a.png', await encodedImage(data, 40, 20, 4).png().toBuffer())
    const { bytes } = await hd.job(file, { width: 13, format: 'png' }).make()
    const { data: pixels } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at + 3]! > 0) expect(pixels[at + 1]).toBeLessThan(3)
  })

  test('with mode off is the source itself', async () => {
    const { hd, source } = await workshop({ upscaler: repeater(), mode: 'off' })
    const file = await source('a.png', await image())
    expect(await hd.job(file, { width: 30 }).make()).toMatchObject({ isSource: true, width: 60, key: file.digest })
  })

  test('beyond the source falls back to the source when every upscaler fails and onError says so', async () => {
    const failing = repeater({ upscale: () => Promise.reject(new Error('down')) })
    const { hd, source } = await workshop({ upscaler: failing, onError: 'source' })
    const file = await source('a.png', await image())
    expect(await hd.job(file, { width: 100 }).make()).toMatchObject({ isSource: true, width: 60 })
    expect(await hd.job(file, { width: 50 }).make()).toMatchObject({ isSource: false, width: 50 })
  })
})

describe('a placeholder', () => {
  test.each([
    ['a photo', () => encodedImage(colourful(300, 200), 300, 200).jpeg().toBuffer()],
    ['noise', () => colourfulPng(400, 400)],
    ['one pixel', () => colourfulPng(1, 1)],
    ['a long strip', () => colourfulPng(900, 3)],
  ])('of %s is a data URL of less than 1 kB that looks like the image', async (_, make) => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const bytes = await make()
    const url = await hd.placeholder(await source('a.png', bytes))
    expect(url.length).toBeLessThan(1000)
    expect(url.startsWith('data:image/webp;base64,')).toBe(true)
    const tiny = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
    const { width, height } = await sharp(tiny).metadata()
    expect(Math.max(width, height)).toBeLessThanOrEqual(20)
    const reduced = await sharp(bytes).resize(width, height, { fit: 'fill' }).png().toBuffer()
    expect(difference((await pixelsOf(tiny)).data, (await pixelsOf(reduced)).data).mean).toBeLessThan(20)
  })

  test('is made once, and is upright', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const turned = await encodedImage(colourful(60, 30), 60, 30).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const file = await source('a.jpg', turned)
    const url = await hd.placeholder(file)
    expect(await sharp(Buffer.from(url.split(',')[1]!, 'base64')).metadata()).toMatchObject({ width: 10, height: 20 })
    expect(await hd.placeholder(file)).toBe(url)
  })
})
