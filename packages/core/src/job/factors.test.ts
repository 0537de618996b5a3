import { describe, expect, test } from 'vitest'
import sharp from 'sharp'
import { FACTORS } from '../request/factor.ts'
import { resample } from '../upscaler/resample.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { repeater, workshop } from '../testing/hd.ts'
import { colourful, colourfulPng, encodedImage, paint } from '../testing/images.ts'
import type { UpscaleInput } from '../upscaler/upscaler.ts'

/** Repeats every pixel by the requested factor. */
function byFactors(...factors: number[]) {
  const calls: { width: number; factor: number; digest: string }[] = []
  return {
    name: 'by-factors',
    version: '1',
    factors,
    calls,
    async upscale(input: UpscaleInput, { factor }: { factor: number }) {
      calls.push({ width: input.width, factor, digest: input.digest })
      const { width, height, data } = await input.pixels()
      const enlarged = await sharp(data, { raw: { width, height, channels: 3 } })
        .resize(factor * width, factor * height, { kernel: 'nearest', fit: 'fill' })
        .raw()
        .toBuffer()
      return { width: factor * width, height: factor * height, data: new Uint8Array(enlarged) }
    },
  }
}

describe('a factor', () => {
  test.each(FACTORS)('of %i multiplies width and height exactly, with any passes', async (factor) => {
    for (const upscaler of [byFactors(2), byFactors(4), byFactors(2, 3, 4), byFactors(3), resample()]) {
      const { hd, source } = await workshop({ upscaler })
      const asset = await hd.job(await source('a.png', await colourfulPng(13, 7)), { factor }).make()
      expect(asset).toMatchObject({ factor, width: 13 * factor, height: 7 * factor, source: { width: 13, height: 7 } })
      expect(await sharp(asset.bytes).metadata()).toMatchObject({ width: 13 * factor, height: 7 * factor, format: 'png' })
    }
  })

  test('of 3 and 4 share their passes, and the first pass with 2', async () => {
    const upscaler = byFactors(2)
    const { hd, source } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng(20, 10))
    await hd.job(image, { factor: 2 }).make()
    expect(upscaler.calls.map(({ width }) => width)).toEqual([20])
    await hd.job(image, { factor: 3 }).make()
    expect(upscaler.calls.map(({ width }) => width)).toEqual([20, 40])
    await hd.job(image, { factor: 4 }).make()
    expect(upscaler.calls.map(({ width }) => width)).toEqual([20, 40])
    // An upscaler that remembers results must not confuse the passes.
    expect(new Set(upscaler.calls.map(({ digest }) => digest)).size).toBe(2)
  })

  test('of 3 requested together with the others runs each pass once', async () => {
    const upscaler = byFactors(2)
    const { hd, source } = await workshop({ upscaler, concurrency: 1 })
    const image = await source('a.png', await colourfulPng(20, 10))
    const assets = await Promise.all(FACTORS.map((factor) => hd.job(image, { factor, format: 'webp' }).make()))
    expect(assets.map(({ width }) => width)).toEqual([40, 60, 80])
    expect(upscaler.calls).toHaveLength(2)
  })

  test('has its own key, and is found again', async () => {
    const { hd, source } = await workshop({ upscaler: byFactors(2) })
    const image = await source('a.png', await colourfulPng(20, 10))
    const jobs = FACTORS.map((factor) => hd.job(image, { factor, format: 'webp' }))
    expect(new Set(jobs.map(({ key }) => key)).size).toBe(3)
    for (const job of jobs) {
      expect(await job.plan()).toMatchObject({ factor: job.factor, width: 20 * job.factor, height: 10 * job.factor })
      expect(await job.find()).toBeUndefined()
      const { bytes } = await job.make()
      expect(Buffer.compare((await job.find())!.bytes, bytes)).toBe(0)
    }
  })

  test('of 3 keeps transparency in place, and shows no hidden colour', async () => {
    const [width, height] = [24, 16]
    const { hd, source } = await workshop({ upscaler: byFactors(2) })
    const data = paint(width, height, 4, (x, y, channel) => (channel === 3 ? (x < 12 ? 255 : 0) : x < 12 ? 40 + 4 * y : 255))
    const image = await source(
      'a.png',
      await sharp(data, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer(),
    )
    const asset = await hd.job(image, { factor: 3 }).make()
    const { data: pixels, info } = await sharp(asset.bytes).raw().toBuffer({ resolveWithObject: true })
    expect(info).toMatchObject({ width: 72, height: 48, channels: 4 })
    const at = (x: number, y: number): number[] => [...pixels.subarray(4 * (y * 72 + x), 4 * (y * 72 + x) + 4)]
    expect(at(10, 24)[3]).toBe(255)
    expect(at(65, 24)[3]).toBe(0)
    for (let x = 0; x < 72; x++) {
      const [red, , , alpha] = at(x, 24)
      if (alpha! > 0) expect(red, `column ${x}`).toBeLessThan(110)
    }
  })

  test('is limited by the pixels of the largest intermediate image', async () => {
    const { hd, source } = await workshop({ upscaler: byFactors(2), maxPixels: 16 * 200 - 1 })
    const image = await source('a.png', await encodedImage(colourful(20, 10), 20, 10).png().toBuffer())
    expect(await hd.job(image, { factor: 2 }).make()).toMatchObject({ width: 40 })
    const error = await hdErrorOf(() => hd.job(image, { factor: 3 }).make())
    expect(error.code).toBe('HD_SOURCE_TOO_LARGE')
    expect(error.message).toContain('its 4x would have 3200 pixels')
  })

  test('that an upscaler declares wrongly is refused', async () => {
    for (const factors of [[], [1], [2.5], [9], 'two', [Number.NaN]]) {
      const error = await hdErrorOf(() => workshop({ upscaler: { ...repeater(), factors: factors as number[] } }))
      expect(error.code).toBe('HD_OPTION')
      expect(error.message).toMatch(/factors/)
    }
  })

  test('of 3 stays on centre: a symmetric image stays symmetric', async () => {
    const { hd, source } = await workshop({ upscaler: resample() })
    const data = paint(9, 9, 3, (x, y) => (x === 4 && y === 4 ? 200 : 60))
    const asset = await hd.job(await source('a.png', await encodedImage(data, 9, 9).png().toBuffer()), { factor: 3 }).make()
    const pixels = await sharp(asset.bytes).raw().toBuffer()
    const mirrored = await sharp(asset.bytes).flip().flop().raw().toBuffer()
    let worst = 0
    for (let index = 0; index < mirrored.length; index++) worst = Math.max(worst, Math.abs(mirrored[index]! - pixels[index]!))
    expect(worst).toBeLessThanOrEqual(1)
  })
})
