import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { fit, type Fitted } from './fit.ts'
import { decodeSource } from './pixels.ts'
import { readHeader, type Source } from '../source/source.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourful, difference, encodedImage, noisy, pixelsOf, sourceOf } from '../testing/images.ts'
import type { UpscalerAccepts } from '../upscaler/upscaler.ts'

async function fitted(source: Source, accepts?: UpscalerAccepts): Promise<Fitted> {
  const header = await readHeader(source, 100_000_000, 2)
  return fit(source, header, await decodeSource(source, header), accepts)
}

async function noisySource(width: number, height: number, format: 'jpeg' | 'png' | 'webp'): Promise<Source> {
  const image = encodedImage(noisy(width, height), width, height)
  return sourceOf(await image.toFormat(format, format === 'png' ? {} : { quality: 95 }).toBuffer(), `a.${format}`)
}

describe('the input of an upscaler', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('is the original %s if the upscaler accepts it', async (format) => {
    const source = await noisySource(40, 30, format)
    const { input, shrunk } = await fitted(source, { formats: ['jpeg', 'png', 'webp'], maxBytes: source.bytes.length })
    const encoded = await input.encoded()
    expect(encoded.format).toBe(format)
    expect(encoded.data).toBe(source.bytes)
    expect(shrunk).toBe(false)
  })

  test.each([
    ['has another format', () => noisySource(20, 20, 'webp')],
    [
      'is turned',
      async () => sourceOf(await encodedImage(noisy(20, 20), 20, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer()),
    ],
    [
      'has another profile',
      async () => sourceOf(await encodedImage(noisy(20, 20), 20, 20).jpeg().withIccProfile('p3').toBuffer()),
    ],
    ['is CMYK', async () => sourceOf(await encodedImage(noisy(20, 20), 20, 20).toColourspace('cmyk').jpeg().toBuffer())],
  ])('is encoded again if the source %s', async (_, make) => {
    const source = await make()
    const { input } = await fitted(source, { formats: ['jpeg'] })
    const { data, format } = await input.encoded()
    expect(format).toBe('jpeg')
    expect(data).not.toBe(source.bytes)
    expect(await sharp(data).metadata()).toMatchObject({
      width: 20,
      height: 20,
      space: 'srgb',
      hasProfile: false,
      hasAlpha: false,
    })
  })

  test('is never transparent', async () => {
    const source = sourceOf(
      await encodedImage(noisy(20, 20, 4), 20, 20, 4)
        .png()
        .toBuffer(),
    )
    const { data } = await (await fitted(source, { formats: ['png'] })).input.encoded()
    expect((await sharp(data).metadata()).channels).toBe(3)
  })

  test('is a lossless PNG by default', async () => {
    const source = await noisySource(20, 10, 'webp')
    const { input } = await fitted(source)
    const { data, format } = await input.encoded()
    expect(format).toBe('png')
    expect(difference((await pixelsOf(data)).data, (await input.pixels()).data).max).toBe(0)
    expect((await fitted(source, { formats: [] })).input.width).toBe(20)
  })

  test('is a copy, which the upscaler may modify', async () => {
    for (const format of ['jpeg', 'png'] as const) {
      const { input, pixels } = await fitted(await noisySource(20, 10, format))
      const before = Uint8Array.from(pixels.data)
      const own = await input.pixels()
      own.data.fill(0)
      structuredClone(own.data.buffer, { transfer: [own.data.buffer as ArrayBuffer] })
      expect(difference(pixels.data, before).max).toBe(0)
      expect(difference((await input.pixels()).data, before).max).toBe(0)
    }
  })
})

describe('an image with too many bytes', () => {
  test('is first encoded again, at its full size', async () => {
    const source = await noisySource(200, 200, 'png')
    const maxBytes = Math.floor(source.bytes.length / 2)
    const { input, shrunk } = await fitted(source, { formats: ['png', 'jpeg'], maxBytes })
    const { data, format } = await input.encoded()
    expect({ format, shrunk, width: input.width, height: input.height }).toEqual({
      format: 'jpeg',
      shrunk: false,
      width: 200,
      height: 200,
    })
    expect(data.length).toBeLessThanOrEqual(maxBytes)
    // The best quality that fits, so most of the bytes are used.
    expect(data.length).toBeGreaterThan(0.8 * maxBytes)
  })

  test('is shrunk if that is not enough, but not further than necessary', async () => {
    const source = await noisySource(300, 200, 'jpeg')
    const { input, pixels, shrunk } = await fitted(source, { formats: ['jpeg'], maxBytes: 10_000 })
    const { data } = await input.encoded()
    expect(shrunk).toBe(true)
    expect(data.length).toBeLessThanOrEqual(10_000)
    expect(data.length).toBeGreaterThan(5000)
    expect(await sharp(data).metadata()).toMatchObject({ width: input.width, height: input.height })
    expect([pixels.width, pixels.height]).toEqual([input.width, input.height])
    expect(input.width / input.height).toBeCloseTo(1.5, 1)
  })

  test('is refused if nothing would be left of it', async () => {
    const error = await hdErrorOf(async () => fitted(await noisySource(60, 60, 'png'), { formats: ['png'], maxBytes: 100 }))
    expect(error).toMatchObject({ code: 'HD_FIT', file: 'a.png' })
    expect(error.message).toContain('100 bytes')
  })
})

describe('an image with too many pixels', () => {
  test.each([
    [40, 30, 300],
    [1, 1000, 100],
    [1000, 1, 100],
    [3, 700, 50],
    [17, 13, 220],
  ])('of %ix%i is shrunk to at most %i', async (width, height, maxPixels) => {
    const source = sourceOf(await encodedImage(colourful(width, height), width, height).png().toBuffer())
    const { input, shrunk } = await fitted(source, { maxPixels })
    expect(shrunk).toBe(true)
    expect(input.width * input.height).toBeLessThanOrEqual(maxPixels)
    expect(input.width * input.height).toBeGreaterThan(maxPixels / 2)
  })

  test('stays within the limit if it also has too many bytes', async () => {
    const source = await noisySource(200, 200, 'png')
    const whole = await (await fitted(source, { formats: ['png'], maxPixels: 10_000 })).input.encoded()
    const maxBytes = whole.data.length - 1
    const { input } = await fitted(source, { formats: ['png'], maxBytes, maxPixels: 10_000 })
    expect(input.width * input.height).toBeLessThanOrEqual(10_000)
    expect((await input.encoded()).data.length).toBeLessThanOrEqual(maxBytes)
  })

  test('of exactly the limit is unchanged', async () => {
    expect((await fitted(await noisySource(20, 10, 'png'), { maxPixels: 200 })).shrunk).toBe(false)
  })
})

test('an image that is too large for the first format is passed in another', async () => {
  const source = sourceOf(await encodedImage(colourful(16_400, 2), 16_400, 2).png().toBuffer())
  const { input } = await fitted(source, { formats: ['webp', 'jpeg'] })
  expect((await input.encoded()).format).toBe('jpeg')
  const bounded = await fitted(source, { formats: ['webp', 'png'], maxBytes: 1_000_000 })
  expect((await bounded.input.encoded()).format).toBe('png')
})

test('an upscaler that accepts less than 2 MB still produces an exact 2x, with a warning', async () => {
  const maxBytes = 2_000_000
  const upscaler = repeater({ accepts: { formats: ['png'], maxBytes } })
  const { hd, source, events } = await workshop({ upscaler, format: 'webp' })
  const large = await source('large.png', await encodedImage(noisy(1000, 801), 1000, 801).png().toBuffer())
  expect(large.bytes.length).toBeGreaterThan(maxBytes)
  const asset = await hd.job(large).make()
  expect([asset.width, asset.height, asset.factor]).toEqual([2000, 1602, 2])
  expect(await sharp(asset.bytes).metadata()).toMatchObject({ width: 2000, height: 1602 })
  const { image } = upscaler.calls[0]!
  expect((await image.encoded()).data.length).toBeLessThanOrEqual(maxBytes)
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
    { name: 'large.png', message: expect.stringMatching(/1000x801 is too large .*'repeater'.* as \d+x\d+.*less detail/) },
  ])
})
