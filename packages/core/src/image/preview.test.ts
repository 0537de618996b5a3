import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Hd } from '../hd.ts'
import { makePreview, type Preview } from './preview.ts'
import type { Source } from '../source/source.ts'
import { resample } from '../upscaler/resample.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { repeat, repeater, workshop } from '../testing/hd.ts'
import { colourful, colourfulPng, difference, encodedImage, noisy, paint, pixelsOf } from '../testing/images.ts'

function preview({ options }: Hd, source: Source, signal: AbortSignal = new AbortController().signal): Promise<Preview> {
  return makePreview(source, 2, options.maxPixels, signal)
}

describe('a preview', () => {
  test('is exactly twice as wide and high, on centre, without an upscaler', async () => {
    const upscaler = repeater()
    const { hd, source } = await workshop({ upscaler })
    for (const [width, height] of [
      [25, 17],
      [800, 400],
    ] as const) {
      const { bytes, format } = await preview(hd, await source(`${width}.png`, await colourfulPng(width, height)))
      const { data, ...size } = await pixelsOf(bytes)
      expect({ format, ...size }).toMatchObject({ format: 'jpeg', width: 2 * width, height: 2 * height })
      expect(difference(data, repeat({ width, height, data: colourful(width, height) }).data).mean).toBeLessThan(3)
    }
    expect(upscaler.calls).toHaveLength(0)
  })

  test('of a small image equals the result of resample()', async () => {
    const { hd, source } = await workshop({ upscaler: resample({ interpolator: 'bicubic' }), format: 'png' })
    const rgba = paint(40, 30, 4, (x, y, channel) => (channel === 3 ? 6 * x : (7 * x * y + 40 * channel) % 256))
    const image = await source('a.png', await encodedImage(rgba, 40, 30, 4).png().toBuffer())
    const pixels = await pixelsOf((await preview(hd, image)).bytes)
    expect(pixels).toEqual(await pixelsOf((await hd.job(image).make()).bytes))
  })

  test('keeps transparency', async () => {
    const { hd, source } = await workshop({})
    const rgba = paint(6, 4, 4, (x, y, channel) => (channel === 3 ? 40 * x : 30 * y))
    const { bytes, mime } = await preview(hd, await source('a.png', await encodedImage(rgba, 6, 4, 4).png().toBuffer()))
    expect(mime).toBe('image/png')
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 12, height: 8, hasAlpha: true })
  })

  test('is upright', async () => {
    const { hd, source } = await workshop({})
    const lying = await encodedImage(noisy(9, 5), 9, 5).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const { bytes } = await preview(hd, await source('a.jpg', lying))
    expect((await sharp(bytes).metadata()).autoOrient).toEqual({ width: 10, height: 18 })
  })

  test('of a truncated image fails with an error that names it', async () => {
    const { hd, source } = await workshop({})
    const whole = await encodedImage(noisy(64, 64), 64, 64).jpeg().toBuffer()
    const image = await source('cut.jpg', whole.subarray(0, whole.length / 2))
    const error = await hdErrorOf(() => preview(hd, image))
    expect(error).toMatchObject({ code: 'HD_SOURCE_BROKEN', file: 'cut.jpg' })
  })
})

describe('before a 2x is made', () => {
  test('its facts can be planned, and the cache does not have it', async () => {
    const upscaler = repeater({ name: 'one' })
    const { hd, source } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng(25, 17))
    const planned = await hd.job(image, { format: 'webp' }).plan()
    expect(planned).toMatchObject({ width: 50, height: 34, factor: 2, format: 'webp', upscaler: 'one' })
    expect(await hd.job(image, { format: 'webp' }).find()).toBeUndefined()
    const made = await hd.job(image, { format: 'webp' }).make()
    expect(await hd.job(image, { format: 'webp' }).find()).toEqual(made)
    expect(await hd.job(image, { format: 'jpeg' }).find()).toBeUndefined()
    expect(upscaler.calls).toHaveLength(1)
  })

  test('its version depends on content, upscaler and encoding', async () => {
    const { hd, source, root } = await workshop({})
    const other = await workshop({ upscaler: repeater({ version: '2' }) }, root)
    const image = await source('a.png', await colourfulPng())
    expect(hd.job(image).key).toBe(hd.job(image, { format: 'png' }).key)
    const versions = [
      hd.job(image).key,
      hd.job(image, { format: 'jpeg' }).key,
      hd.job(image, { format: 'jpeg', quality: 50 }).key,
      hd.job(await source('b.png', await colourfulPng(25))).key,
      other.hd.job(image).key,
    ]
    expect(new Set(versions).size).toBe(versions.length)
  })

  test('an image that cannot be doubled is refused', async () => {
    const { hd, source } = await workshop({ maxPixels: 100 })
    const image = await source('a.png', await colourfulPng())
    expect((await hdErrorOf(() => hd.job(image).plan())).code).toBe('HD_SOURCE_TOO_LARGE')
    expect((await hdErrorOf(() => preview(hd, image))).code).toBe('HD_SOURCE_TOO_LARGE')
  })

  test("with mode 'off' it is the source itself", async () => {
    const { hd, source } = await workshop({ mode: 'off' })
    const image = await source('a.png', await colourfulPng())
    expect(await hd.job(image).plan()).toMatchObject({ width: 24, height: 16, factor: 1, upscaler: undefined })
    expect((await hd.job(image).find())?.bytes).toEqual(image.bytes)
  })

  test('the cache does not have its source in another format either', async () => {
    const { hd, source } = await workshop({})
    const image = await source('a.png', await colourfulPng())
    expect((await hd.original(image).find())?.bytes).toEqual(image.bytes)
    expect(await hd.original(image, { format: 'webp' }).find()).toBeUndefined()
    const made = await hd.original(image, { format: 'webp' }).make()
    expect(await hd.original(image, { format: 'webp' }).find()).toEqual(made)
  })

  test('the result of a shortened chain is found again', async () => {
    const { hd, source } = await workshop({ upscaler: repeater({ metered: true }) }, undefined, true)
    const image = await source('a.png', await colourfulPng())
    expect((await hd.job(image).plan()).upscaler).toBe('resample')
    const made = await hd.job(image).make()
    expect(await hd.job(image).find()).toEqual(made)
  })
})
