import { cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { cacheFolder } from './store/cache-folder.ts'
import { HdError } from './errors.ts'
import type { HdEvent } from './events.ts'
import { masterKey } from './job/key.ts'
import { resample } from './upscaler/resample.ts'
import { hdErrorOf } from './testing/errors.ts'
import { temporaryFolder } from './testing/folder.ts'
import { repeat, repeater, workshop, type CountingUpscaler } from './testing/hd.ts'
import { HOSTILE } from './testing/hostile.ts'
import { colourful, colourfulPng, difference, encodedImage, noisy, paint, pixelsOf } from './testing/images.ts'
import type { UpscaleContext, UpscaleInput, Upscaler } from './upscaler/upscaler.ts'

function typesOf(events: readonly HdEvent[]): string[] {
  return events.map(({ type }) => type)
}

function statesOf(events: readonly HdEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'done' ? [event.image.cache] : []))
}

const failing = (code = 'MY_CODE'): ReturnType<typeof repeater> =>
  repeater({
    name: 'failing',
    upscale: async () => {
      throw new HdError(code, 'out of service')
    },
  })

/** An upscaler that works until `finish` is called, and records its calls. */
function patient() {
  let begin: () => void
  let finish: () => void
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const upscaler = repeater({
    async upscale(image, { signal }) {
      begin()
      await finished
      // Late, but before anything is written to a folder that the test has removed.
      signal.throwIfAborted()
      return repeat(await image.pixels())
    },
  })
  return { upscaler, begun, finish: () => finish() }
}

describe('a 2x image', () => {
  test.each([
    ['jpeg', 'jpeg', 'jpg', 'image/jpeg'],
    ['png', 'png', 'png', 'image/png'],
    ['webp', 'webp', 'webp', 'image/webp'],
    ['avif', 'avif', 'avif', 'image/avif'],
    ['gif', 'png', 'png', 'image/png'],
    ['tiff', 'png', 'png', 'image/png'],
  ] as const)('of a %s is a %s of exactly twice the size', async (from, format, extension, mime) => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const bytes = await encodedImage(colourful(21, 13), 21, 13).toFormat(from).toBuffer()
    const asset = await hd.job(await source('a.bin', bytes)).make()
    expect(asset).toMatchObject({
      format,
      extension,
      mime,
      width: 42,
      height: 26,
      factor: 2,
      upscaler: 'repeater',
      source: { width: 21, height: 13, format: from, bytes: bytes.length },
    })
    expect(await sharp(asset.bytes).metadata()).toMatchObject({
      width: 42,
      height: 26,
      format: format === 'avif' ? 'heif' : format,
    })
    const { data } = await pixelsOf(asset.bytes)
    expect(difference(data, repeat({ width: 21, height: 13, data: colourful(21, 13) }).data).mean).toBeLessThan(6)
  })

  test('is encoded as in the request, or else as in the options', async () => {
    const { hd, source } = await workshop({ upscaler: repeater(), format: 'webp', quality: 10 })
    const image = await source('a.png', await encodedImage(noisy(32, 32), 32, 32).png().toBuffer())
    const plain = await hd.job(image).make()
    expect(plain.format).toBe('webp')
    expect((await hd.job(image, { format: 'avif' }).make()).format).toBe('avif')
    const better = await hd.job(image, { quality: 95 }).make()
    expect(better.bytes.length).toBeGreaterThan(1.5 * plain.bytes.length)
    expect(better.key).not.toBe(plain.key)
  })

  test('keeps its transparency', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const rgba = paint(20, 12, 4, (x, _, channel) => (channel === 3 ? 12 * x : 100))
    const asset = await hd.job(await source('a.png', await encodedImage(rgba, 20, 12, 4).png().toBuffer())).make()
    const { data, channels } = await pixelsOf(asset.bytes)
    expect(channels).toBe(4)
    const alpha = data.filter((_, index) => index % 4 === 3).subarray(0, 40)
    for (let x = 6; x < 34; x++) expect(Math.abs(alpha[x]! - (6 * x - 3))).toBeLessThanOrEqual(2)
  })

  test('has no colour far from visible pixels', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const rgba = paint(20, 12, 4, (x, _, channel) => (channel === 3 ? (x < 4 ? 255 : 0) : 100))
    const asset = await hd.job(await source('a.png', await encodedImage(rgba, 20, 12, 4).png().toBuffer())).make()
    const { data } = await pixelsOf(asset.bytes)
    expect([...data.subarray(4 * 11, 4 * 11 + 3)]).toEqual([100, 100, 100])
    expect([...data.subarray(4 * 12, 4 * 40)].every((level) => level === 0)).toBe(true)
  })

  test('of a grey image is grey, also with alpha', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const grey = await hd
      .job(
        await source(
          'g.png',
          await encodedImage(noisy(9, 9, 1), 9, 9, 1)
            .toColourspace('b-w')
            .png()
            .toBuffer(),
        ),
      )
      .make()
    expect(await sharp(grey.bytes).metadata()).toMatchObject({ channels: 1, width: 18 })
    const both = await hd
      .job(
        await source(
          'ga.png',
          await encodedImage(noisy(9, 9, 2), 9, 9, 2)
            .toColourspace('b-w')
            .png()
            .toBuffer(),
        ),
      )
      .make()
    expect(await sharp(both.bytes).metadata()).toMatchObject({ channels: 2, width: 18 })
  })

  test('has no metadata of its source', async () => {
    const { hd, source } = await workshop({ upscaler: repeater() })
    const bytes = await encodedImage(noisy(9, 5), 9, 5)
      .jpeg()
      .withMetadata({ orientation: 6, exif: { IFD0: { Copyright: 'secret place' } } })
      .toBuffer()
    const asset = await hd.job(await source('a.jpg', bytes)).make()
    expect([asset.width, asset.height]).toEqual([10, 18])
    const facts = await sharp(asset.bytes).metadata()
    expect(facts.exif).toBeUndefined()
    expect(facts.hasProfile).toBe(false)
    expect(facts.orientation).toBeUndefined()
  })

  test('by a chosen interpolator needs no other upscaler', async () => {
    const { hd, source } = await workshop({ upscaler: resample({ interpolator: 'bicubic' }) })
    expect(await hd.job(await source('a.png', await colourfulPng(1, 1))).make()).toMatchObject({
      width: 2,
      height: 2,
      upscaler: 'resample',
    })
  })

  test('that cannot be encoded is refused before any work', async () => {
    const upscaler = repeater({ metered: true })
    const { hd, source } = await workshop({ upscaler })
    const transparent = await source(
      'a.png',
      await encodedImage(noisy(8, 8, 4), 8, 8, 4)
        .png()
        .toBuffer(),
    )
    expect(await hdErrorOf(() => hd.job(transparent, { format: 'jpeg' }).make())).toMatchObject({
      code: 'HD_QUERY',
      file: 'a.png',
    })
    const long = await source('b.png', await encodedImage(colourful(8200, 1), 8200, 1).png().toBuffer())
    expect((await hdErrorOf(() => hd.job(long, { format: 'webp' }).make())).code).toBe('HD_ENCODE')
    expect(upscaler.calls).toHaveLength(0)
    const opaque = await source('c.png', await encodedImage(noisy(8, 8), 8, 8).ensureAlpha().png().toBuffer())
    expect((await hd.job(opaque, { format: 'jpeg' }).make()).format).toBe('jpeg')
  })
})

describe('the cache', () => {
  test('serves the second run byte for byte, without making anything', async () => {
    const bytes = await colourfulPng()
    const first = await workshop({ upscaler: repeater() })
    const made = await first.hd.job(await first.source('a.png', bytes), { format: 'webp' }).make()
    await first.hd.close()
    const upscaler = repeater()
    const second = await workshop({ upscaler }, first.root)
    const found = await second.hd.job(await second.source('renamed.png', bytes), { format: 'webp' }).make()
    expect(Buffer.compare(found.bytes, made.bytes)).toBe(0)
    expect({ ...found, bytes: 0 }).toEqual({ ...made, bytes: 0 })
    expect(upscaler.calls).toHaveLength(0)
    expect(statesOf(second.events)).toEqual(['hit'])
    expect((await second.hd.store.get(made.key))?.bytes).toEqual(found.bytes)
  })

  test('works after it was moved', async () => {
    const first = await workshop({ upscaler: repeater() })
    await first.hd.job(await first.source('a.png', await colourfulPng())).make()
    const elsewhere = await temporaryFolder()
    await cp(path.join(first.root, 'cache'), path.join(elsewhere, 'cache'), { recursive: true })
    const second = await workshop({ upscaler: repeater(), mode: 'cache-only' }, elsewhere)
    await second.hd.job(await second.source('b.png', await colourfulPng())).make()
    expect(statesOf(second.events)).toEqual(['hit'])
  })

  test('has one master for all formats and qualities', async () => {
    const upscaler = repeater()
    const { hd, source, events } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng())
    for (const request of [{ format: 'webp' }, { format: 'avif' }, { format: 'webp', quality: 30 }, {}] as const) {
      await hd.job(image, request).make()
    }
    expect(upscaler.calls).toHaveLength(1)
    expect(statesOf(events)).toEqual(['made', 'encoded', 'encoded', 'hit'])
  })

  test('returns the same bytes for a new and a cached master', async () => {
    const rgba = paint(24, 16, 4, (x, y, channel) => (channel === 3 ? (x > 12 ? 0 : 255) : 7 * x + 5 * y * channel))
    const bytes = await encodedImage(rgba, 24, 16, 4).png().toBuffer()
    const cold = await workshop({ upscaler: repeater() })
    const fresh = await cold.hd.job(await cold.source('a.png', bytes), { format: 'avif' }).make()
    const warm = await workshop({ upscaler: repeater() })
    const image = await warm.source('a.png', bytes)
    await warm.hd.job(image, { format: 'png' }).make()
    const found = await warm.hd.job(image, { format: 'avif' }).make()
    expect(statesOf(warm.events)).toEqual(['made', 'encoded'])
    expect(Buffer.compare(fresh.bytes, found.bytes)).toBe(0)
  })

  test('replaces a damaged file', async () => {
    const upscaler = repeater()
    const { hd, source, root } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng())
    const made = await hd.job(image).make()
    const file = path.join(cacheFolder(path.join(root, 'cache')).entries, made.key.slice(0, 2), made.key)
    const whole = await readFile(file)
    const damages = [whole.subarray(0, 100), whole.subarray(0, -1), new Uint8Array(whole.length), Buffer.from('')]
    for (const [index, damage] of damages.entries()) {
      await writeFile(file, damage)
      expect(Buffer.compare((await hd.job(image).make()).bytes, made.bytes)).toBe(0)
      expect(upscaler.calls).toHaveLength(index + 2)
      expect(Buffer.compare(await readFile(file), whole)).toBe(0)
    }
  })

  test('makes an image once for concurrent requests', async () => {
    const upscaler = repeater()
    const { hd, source } = await workshop({ upscaler, concurrency: 4 })
    const other = await source('copy.png', await colourfulPng())
    const image = await source('a.png', await colourfulPng())
    const assets = await Promise.all([
      hd.job(image).make(),
      hd.job(other).make(),
      hd.job(image, { format: 'webp' }).make(),
      hd.job(image, { format: 'webp' }).make(),
    ])
    expect(upscaler.calls).toHaveLength(1)
    expect(assets[0]!.key).toBe(assets[1]!.key)
    expect(Buffer.compare(assets[2]!.bytes, assets[3]!.bytes)).toBe(0)
  })

  test('is not written again by a request that waited for the same image', async () => {
    const { hd, source, root } = await workshop({ upscaler: repeater(), concurrency: 1 })
    const image = await source('a.png', await encodedImage(noisy(300, 300), 300, 300).png().toBuffer())
    const [first, second] = [hd.job(image, { format: 'webp' }).make(), hd.job(image, { format: 'webp' }).make()]
    const { key } = await first
    const written = await stat(path.join(cacheFolder(path.join(root, 'cache')).entries, key.slice(0, 2), key))
    await second
    expect((await stat(path.join(cacheFolder(path.join(root, 'cache')).entries, key.slice(0, 2), key))).ino).toBe(written.ino)
  })

  test('does not block other images while another process makes one', async () => {
    const { hd, source, root } = await workshop({ upscaler: repeater(), concurrency: 1 })
    const [theirs, ours] = [await source('a.png', await colourfulPng(20, 20)), await source('b.png', await colourfulPng(21, 20))]
    const { locks } = cacheFolder(path.join(root, 'cache'))
    const lock = path.join(locks, `${masterKey(theirs.digest, hd.options.upscalers[0]!, [2])}.lock`)
    await mkdir(locks, { recursive: true })
    const owner = { pid: process.ppid, host: hostname(), started: Date.now(), token: 'of another process' }
    await writeFile(lock, JSON.stringify(owner))
    const waiting = hd.job(theirs).make()
    expect(await hd.job(ours).make()).toMatchObject({ width: 42 })
    await rm(lock)
    expect(await waiting).toMatchObject({ width: 40 })
  })

  test('does not read the large master for a cached variant', async () => {
    const { hd, source, root } = await workshop({ upscaler: repeater() })
    const image = await source('a.png', await colourfulPng())
    const { key } = await hd.job(image).make()
    const file = path.join(cacheFolder(path.join(root, 'cache')).entries, key.slice(0, 2), key)
    // A whole second, which every file system stores.
    const then = new Date(1000 * Math.floor(Date.now() / 1000 - 3600))
    await utimes(file, then, then)
    expect(await hd.job(image, { format: 'webp' }).find()).toBeUndefined()
    // Reading it would update the time of use.
    expect((await stat(file)).mtimeMs).toBe(then.getTime())
    expect(await hd.job(image).find()).toMatchObject({ format: 'png' })
    expect((await stat(file)).mtimeMs).toBeGreaterThan(then.getTime())
  })

  test('is shared by two concurrent instances', async () => {
    const upscaler = repeater()
    const client = await workshop({ upscaler })
    const server = await workshop({ upscaler }, client.root)
    const image = await client.source('a.png', await colourfulPng())
    await Promise.all([client.hd.job(image, { format: 'webp' }).make(), server.hd.job(image, { format: 'webp' }).make()])
    expect(upscaler.calls).toHaveLength(1)
  })

  test('that is not writable causes a warning, not a failure', async () => {
    const root = await temporaryFolder()
    await writeFile(path.join(root, 'cache'), 'not a folder')
    const { hd, source, warnings } = await workshop({ upscaler: repeater() }, root)
    expect(await hd.job(await source('a.png', await colourfulPng()), { format: 'webp' }).make()).toMatchObject({ factor: 2 })
    await hd.close()
    expect(warnings).toHaveLength(1)
  })

  test('leaves no locks and no temporary files', async () => {
    const { hd, source, root } = await workshop({ upscaler: repeater() })
    await hd.job(await source('a.png', await colourfulPng()), { format: 'webp' }).make()
    const { temporary, locks } = cacheFolder(path.join(root, 'cache'))
    for (const folder of [temporary, locks]) expect(await readdir(folder)).toEqual([])
  })
})

describe('the source at 1x', () => {
  test('has its own bytes, or is encoded once in another format at its own size', async () => {
    const { hd, source } = await workshop({})
    const bytes = await encodedImage(noisy(9, 5), 9, 5).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const image = await source('a.jpg', bytes)
    expect(await hd.original(image).make()).toEqual({
      key: image.digest,
      bytes: image.bytes,
      format: 'jpeg',
      extension: 'jpg',
      mime: 'image/jpeg',
    })
    const webp = await hd.original(image, { format: 'webp' }).make()
    expect(await sharp(webp.bytes).metadata()).toMatchObject({ format: 'webp', width: 5, height: 9 })
    expect((await hd.original(image, { format: 'webp' }).make()).key).toBe(webp.key)
    expect(await hd.store.get(webp.key)).toBeDefined()
  })

  test('is named in the error if it cannot be encoded', async () => {
    const { hd, source } = await workshop({})
    const image = await source(
      'a.png',
      await encodedImage(noisy(8, 8, 4), 8, 8, 4)
        .png()
        .toBuffer(),
    )
    expect(await hdErrorOf(() => hd.original(image, { format: 'jpeg' }).make())).toMatchObject({
      code: 'HD_QUERY',
      file: 'a.png',
    })
  })
})

describe('the mode', () => {
  test('cache-only fails for missing images, with a remedy, and encodes from a cached master', async () => {
    const first = await workshop({ upscaler: repeater() })
    await first.hd.job(await first.source('a.png', await colourfulPng())).make()
    const upscaler = repeater()
    const { hd, source, events } = await workshop({ upscaler, mode: 'cache-only' }, first.root)
    expect((await hd.job(await source('a.png', await colourfulPng()), { format: 'webp' }).make()).factor).toBe(2)
    const error = await hdErrorOf(async () => hd.job(await source('b.png', await colourfulPng(5, 5))).make())
    expect(error).toMatchObject({ code: 'HD_CACHE_MISS', file: 'b.png' })
    expect(error.message).toMatch(/Leave the option 'mode' out, run the build once with UNPLUGIN_HD_MODE=on/)
    expect(upscaler.calls).toHaveLength(0)
    expect(typesOf(events)).toEqual(['queued', 'settled', 'done', 'failed'])
  })

  test('off returns the source at 1x and writes nothing', async () => {
    const upscaler = repeater()
    const { hd, source, root, events } = await workshop({ upscaler, mode: 'off' })
    const image = await source('a.png', await colourfulPng(24, 16))
    const asset = await hd.job(image, { format: 'webp' }).make()
    expect(asset).toMatchObject({ format: 'png', width: 24, height: 16, factor: 1, upscaler: undefined })
    expect(asset.bytes).toBe(image.bytes)
    await hd.close()
    expect(upscaler.calls).toHaveLength(0)
    expect(await readdir(root)).toEqual(['a.png'])
    expect(statesOf(events)).toEqual(['off'])
  })
})

describe('when the upscaler fails', () => {
  test('the build fails, and the error names the file', async () => {
    const { hd, source, events } = await workshop({ upscaler: failing() })
    const image = await source('images/../a.png', await colourfulPng())
    expect(await hdErrorOf(() => hd.job(image).make())).toMatchObject({ code: 'MY_CODE', file: 'a.png' })
    expect(typesOf(events)).toEqual(['queued', 'start', 'upscaled', 'settled', 'failed'])
  })

  test('other errors than HdErrors are wrapped', async () => {
    const cause = new TypeError('x is not a function')
    const upscaler = repeater({
      upscale: async () => {
        throw cause
      },
    })
    const { hd, source } = await workshop({ upscaler })
    const error = await hdErrorOf(async () => hd.job(await source('a.png', await colourfulPng())).make())
    expect(error).toMatchObject({ code: 'HD_UPSCALE_FAILED', file: 'a.png', cause })
    expect(error.message).toMatch(/'repeater' failed: x is not a function/)
  })

  test('with the same error for several images, each error names its own', async () => {
    const shared = new HdError('MY_CODE', 'could not start', { remedy: 'Start it' })
    const upscaler = repeater({
      upscale: async () => {
        throw shared
      },
    })
    const { hd, source } = await workshop({ upscaler })
    const images = [await source('a.png', await colourfulPng(8, 8)), await source('b.png', await colourfulPng(9, 9))]
    const errors = await Promise.all(images.map((image) => hdErrorOf(() => hd.job(image).make())))
    expect(errors.map(({ file }) => file)).toEqual(['a.png', 'b.png'])
    expect(errors[0]).toMatchObject({ code: 'MY_CODE', message: shared.message, remedy: 'Start it' })
    expect(errors[0]).toBeInstanceOf(HdError)
  })

  test('the next call tries again', async () => {
    let fails = true
    const upscaler = repeater({
      async upscale(image) {
        if (fails) throw new Error('busy')
        return repeat(await image.pixels())
      },
    })
    const { hd, source } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng())
    await hdErrorOf(() => hd.job(image).make())
    fails = false
    expect((await hd.job(image).make()).factor).toBe(2)
  })

  test("onError 'resample' returns an exact 2x, warns, and tries the upscaler again next time", async () => {
    const upscaler = failing()
    const { hd, source, events } = await workshop({ upscaler, onError: 'resample' })
    const image = await source('a.png', await colourfulPng(12, 7))
    expect(await hd.job(image).make()).toMatchObject({ width: 24, height: 14, factor: 2, upscaler: 'resample' })
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      name: 'a.png',
      message: expect.stringMatching(/^a\.png: out of service \(MY_CODE\); .*resampling/),
    })
    await hd.job(image).make()
    expect(upscaler.calls).toHaveLength(2)
  })

  test("onError 'source' returns the source at 1x and warns", async () => {
    const { hd, source, events } = await workshop({ upscaler: failing(), onError: 'source' })
    const image = await source('a.png', await colourfulPng(12, 7))
    const asset = await hd.job(image, { format: 'webp' }).make()
    expect(asset).toMatchObject({ width: 12, height: 7, factor: 1, upscaler: undefined, format: 'png' })
    expect(asset.bytes).toBe(image.bytes)
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ message: expect.stringMatching(/1x/) })
    expect(statesOf(events)).toEqual(['off'])
  })

  test.each(['resample', 'source'] as const)(
    "onError '%s' does not apply to errors of the source or the query",
    async (onError) => {
      const { hd, source } = await workshop({ upscaler: repeater(), onError })
      const whole = await encodedImage(noisy(64, 64), 64, 64).png().toBuffer()
      const broken = await source('a.png', whole.subarray(0, whole.length >> 1))
      expect((await hdErrorOf(() => hd.job(broken).make())).code).toBe('HD_SOURCE_BROKEN')
      const transparent = await source(
        'b.png',
        await encodedImage(noisy(8, 8, 4), 8, 8, 4)
          .png()
          .toBuffer(),
      )
      expect((await hdErrorOf(() => hd.job(transparent, { format: 'jpeg' }).make())).code).toBe('HD_QUERY')
    },
  )

  test('verifies results', async () => {
    const black = repeater({
      upscale: async ({ width, height }) => ({ width: 2 * width, height: 2 * height, data: new Uint8Array(12 * width * height) }),
    })
    const { hd, source } = await workshop({ upscaler: black })
    const error = await hdErrorOf(async () => hd.job(await source('a.png', await colourfulPng())).make())
    expect(error).toMatchObject({ code: 'HD_UPSCALE_DIFFERS', file: 'a.png' })
  })
})

describe('a chain of upscalers', () => {
  test('continues with the next one, with a warning', async () => {
    const second = repeater({ name: 'second' })
    const { hd, source, events } = await workshop({ upscaler: [failing(), second] })
    expect((await hd.job(await source('a.png', await colourfulPng())).make()).upscaler).toBe('second')
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      message: expect.stringMatching(/MY_CODE.*trying 'second' next/),
    })
  })

  test('fails with the error of the last one', async () => {
    const { hd, source } = await workshop({ upscaler: [failing('FIRST'), failing('LAST')] })
    expect((await hdErrorOf(async () => hd.job(await source('a.png', await colourfulPng())).make())).code).toBe('LAST')
  })

  test('uses a cached result of any of them, the first ones first', async () => {
    const bytes = await colourfulPng()
    const [first, second] = [repeater({ name: 'first' }), repeater({ name: 'second' })]
    const seed = await workshop({ upscaler: second })
    await seed.hd.job(await seed.source('a.png', bytes)).make()
    const chain = await workshop({ upscaler: [first, second] }, seed.root)
    const image = await chain.source('a.png', bytes)
    expect((await chain.hd.job(image).make()).upscaler).toBe('second')
    expect(first.calls).toHaveLength(0)
    const onlyFirst = await workshop({ upscaler: first }, seed.root)
    await onlyFirst.hd.job(image).make()
    expect((await chain.hd.job(image).make()).upscaler).toBe('first')
    expect(second.calls).toHaveLength(1)
  })

  test('does not continue for a broken source', async () => {
    const second = repeater({ name: 'second' })
    const { hd, source } = await workshop({ upscaler: [repeater(), second] })
    const whole = await encodedImage(noisy(64, 64), 64, 64).png().toBuffer()
    await hdErrorOf(async () => hd.job(await source('a.png', whole.subarray(0, 2000))).make())
    expect(second.calls).toHaveLength(0)
  })
})

describe('events', () => {
  test('report each step of an image', async () => {
    const upscaler = repeater({
      metered: true,
      async upscale(image, { onProgress }) {
        for (const fraction of [0, 0.5, 7, Number.NaN, -1]) onProgress(fraction)
        return repeat(await image.pixels())
      },
    })
    const { hd, source, events } = await workshop({ upscaler })
    const bytes = await colourfulPng(24, 16)
    const asset = await hd.job(await source('a.png', bytes)).make()
    expect(events).toEqual([
      { type: 'queued', name: 'a.png' },
      { type: 'start', name: 'a.png', width: 24, height: 16 },
      { type: 'upscaled', name: 'a.png', upscaler: 'repeater', metered: true },
      { type: 'progress', name: 'a.png', fraction: 0 },
      { type: 'progress', name: 'a.png', fraction: 0.5 },
      { type: 'progress', name: 'a.png', fraction: 1 },
      { type: 'settled', name: 'a.png' },
      {
        type: 'done',
        name: 'a.png',
        variant: { factor: 2, format: 'png', quality: undefined },
        image: {
          cache: 'made',
          ms: expect.any(Number),
          width: 48,
          height: 32,
          bytes: asset.bytes.length,
          format: 'png',
          upscaler: 'repeater',
          provisional: false,
          source: { width: 24, height: 16, format: 'png', bytes: bytes.length },
        },
      },
    ])
  })

  test('mark an upscaler as metered only if it declares it', async () => {
    const { hd, source, events } = await workshop({ upscaler: repeater() })
    await hd.job(await source('a.png', await colourfulPng())).make()
    expect(events.find(({ type }) => type === 'upscaled')).toMatchObject({ metered: false })
  })
})

describe('an upscaler', () => {
  test('gets facts about the image, and its own log and memo', async () => {
    const seen: [UpscaleInput, UpscaleContext][] = []
    const upscaler = repeater({
      async upscale(image, context) {
        seen.push([image, context])
        context.log.warn('careful')
        await context.memo.set('id', (await context.memo.get('id')) === undefined ? 'once' : 'twice')
        return repeat(await image.pixels())
      },
    })
    const { hd, source, warnings } = await workshop({ upscaler })
    const image = await source('a.png', await colourfulPng(24, 16))
    await hd.job(image).make()
    await hd.job(await source('b.png', await colourfulPng(25, 16))).make()
    const [[input, context]] = seen as [(typeof seen)[0]]
    expect(input).toMatchObject({ width: 24, height: 16, file: 'a.png', digest: image.digest })
    expect(difference((await input.pixels()).data, colourful(24, 16)).max).toBe(0)
    expect(context.signal.aborted).toBe(false)
    expect(warnings).toEqual(['careful', 'careful'])
    expect(await context.memo.get('id')).toBe('twice')
  })

  test.each(['png', 'jpeg', 'webp'] as const)('may return the bytes of a %s, in ten lines', async (format) => {
    const custom = {
      name: 'custom',
      version: '1',
      async upscale(image: UpscaleInput) {
        const { data } = await image.encoded()
        return sharp(data)
          .resize(2 * image.width)
          .toFormat(format)
          .toBuffer()
      },
    }
    const { hd, source, events } = await workshop({ upscaler: custom })
    const image = await source('a.jpg', await encodedImage(colourful(40, 30), 40, 30).jpeg().toBuffer())
    expect(await hd.job(image).make()).toMatchObject({ width: 80, height: 60, format: 'jpeg', upscaler: 'custom' })
    for (const other of ['png', 'webp'] as const) {
      const asset = await hd.job(image, { format: other }).make()
      expect(await sharp(asset.bytes).metadata()).toMatchObject({ width: 80, height: 60, format: other })
    }
    expect(statesOf(events)).toEqual(['made', format === 'png' ? 'hit' : 'encoded', 'encoded'])
  })

  test('may return a WebP with an alpha channel for an opaque image', async () => {
    const custom = repeater({
      async upscale({ width }) {
        const data = colourful(2 * width, 2 * width)
        return encodedImage(data, 2 * width, 2 * width)
          .ensureAlpha(0.5)
          .webp()
          .toBuffer()
      },
    })
    const { hd, source } = await workshop({ upscaler: custom })
    const image = await source('a.jpg', await encodedImage(colourful(20, 20), 20, 20).jpeg().toBuffer())
    await hd.job(image, { format: 'webp' }).make()
    const found = await hd.job(image, { format: 'jpeg' }).make()
    expect(await sharp(found.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 40 })
    expect((await sharp((await hd.job(image, { format: 'webp', quality: 50 }).make()).bytes).metadata()).hasAlpha).toBe(false)
  })

  test('is closed with the build, and a failure to close is a warning', async () => {
    let closed = 0
    const closing = repeater({ close: async () => void closed++ })
    const stuck = repeater({
      name: 'stuck',
      close: async () => {
        throw new Error('stuck')
      },
    })
    const { hd, source, warnings } = await workshop({ upscaler: [stuck, closing] })
    const image = await source('a.png', await colourfulPng())
    expect((await hd.job(image).make()).factor).toBe(2)
    await hd.close()
    expect(closed).toBe(1)
    expect(warnings).toEqual([expect.stringMatching(/'stuck' could not be closed: stuck/)])
    expect((await hd.job(image, { format: 'webp' }).make()).factor).toBe(2)
    await hd.close()
    expect(closed).toBe(2)
  })

  test('is closed when the last build that uses it has ended', async () => {
    let closed = 0
    const shared = repeater({ close: async () => void closed++ })
    const [one, two] = [await workshop({ upscaler: shared }), await workshop({ upscaler: shared })]
    await one.hd.job(await one.source('a.png', await colourfulPng())).make()
    await two.hd.job(await two.source('a.png', await colourfulPng())).make()
    await one.hd.close()
    expect(closed).toBe(0)
    await two.hd.close()
    expect(closed).toBe(1)
  })

  test('is not closed while another build still uses it', async () => {
    const { upscaler, begun, finish } = patient()
    const order: string[] = []
    const { hd, source } = await workshop({ upscaler: Object.assign(upscaler, { close: async () => void order.push('closed') }) })
    const image = await source('a.png', await colourfulPng())
    const doubled = hd
      .job(image)
      .make()
      .then(() => order.push('doubled'))
    await begun
    const ended = hd.close()
    finish()
    await Promise.all([doubled, ended])
    expect(order).toEqual(['doubled', 'closed'])
  })
})

describe('cancelling', () => {
  test('rejects running and waiting images, even if the upscaler ignores the signal; later calls work', async () => {
    const { upscaler, begun, finish } = patient()
    const { hd, source } = await workshop({ upscaler, concurrency: 1 })
    const images = [await source('a.png', await colourfulPng(8, 8)), await source('b.png', await colourfulPng(9, 9))]
    const pending = images.map((image) => hdErrorOf(() => hd.job(image).make()))
    await begun
    hd.abort()
    for (const [index, error] of (await Promise.all(pending)).entries()) {
      expect(error).toMatchObject({ code: 'HD_ABORTED', file: ['a.png', 'b.png'][index] })
    }
    expect(upscaler.calls).toHaveLength(1)
    expect(upscaler.calls[0]!.context.signal.aborted).toBe(true)
    finish()
    expect((await hd.job(images[0]!).make()).factor).toBe(2)
    await hd.close()
  })

  test('does not count as a failure of the upscaler: no other one is tried', async () => {
    const second = repeater({ name: 'second' })
    const first = repeater({
      upscale: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new HdError('MY_CODE', 'socket closed')))
          queueMicrotask(() => hd.abort())
        }),
    })
    const { hd, source, events } = await workshop({ upscaler: [first, second], onError: 'resample' })
    expect((await hdErrorOf(async () => hd.job(await source('a.png', await colourfulPng())).make())).code).toBe('HD_ABORTED')
    expect(second.calls).toHaveLength(0)
    expect(typesOf(events)).not.toContain('warning')
  })

  test('does not cancel another instance that waits for the same image', async () => {
    let begin: () => void
    const begun = new Promise<void>((resolve) => (begin = resolve))
    const listening = repeater({
      upscale: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          begin()
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const cancelled = await workshop({ upscaler: listening, concurrency: 8 })
    const staying = await workshop({ upscaler: repeater(), concurrency: 8 }, cancelled.root)
    const image = await cancelled.source('a.png', await colourfulPng())
    const first = hdErrorOf(() => cancelled.hd.job(image).make())
    await begun
    const second = staying.hd.job(image).make()
    // By now the second instance has joined the work of the first.
    while (!typesOf(staying.events).includes('queued')) await new Promise((resolve) => setImmediate(resolve))
    cancelled.hd.abort()
    expect((await first).code).toBe('HD_ABORTED')
    expect((await second).factor).toBe(2)
  })
})

describe('when metered upscalers are skipped', () => {
  test('it is never called: the rest of the chain or resampling is used, with one message', async () => {
    const paid = repeater({ name: 'paid', metered: true })
    const free = repeater({ name: 'free' })
    const chain = await workshop({ upscaler: [paid, free] }, undefined, true)
    expect((await chain.hd.job(await chain.source('a.png', await colourfulPng())).make()).upscaler).toBe('free')

    const alone = await workshop({ upscaler: paid }, undefined, true)
    for (const [name, side] of [
      ['a.png', 8],
      ['b.png', 9],
    ] as const) {
      expect((await alone.hd.job(await alone.source(name, await colourfulPng(side, side))).make()).upscaler).toBe('resample')
    }
    expect(paid.calls).toHaveLength(0)
    expect(alone.warnings).toEqual([expect.stringMatching(/'paid' is metered and is not called here.*'resample'/)])
  })

  test('its cached results are still used', async () => {
    const paid = repeater({ name: 'paid', metered: true })
    const build = await workshop({ upscaler: paid })
    const image = await build.source('a.png', await colourfulPng())
    await build.hd.job(image).make()
    const dev = await workshop({ upscaler: paid }, build.root, true)
    expect((await dev.hd.job(image).make()).upscaler).toBe('paid')
    expect(paid.calls).toHaveLength(1)
  })
})

test.each(HOSTILE)('an upscaler that throws %s causes a warning, and the next one is used', async (_, value) => {
  const hostile = (): CountingUpscaler => repeater({ upscale: () => Promise.reject(value), close: () => Promise.reject(value) })
  const bytes = await encodedImage(colourful(8, 6), 8, 6).png().toBuffer()
  const alone = await workshop({ upscaler: hostile() })
  const image = await alone.source('a.png', bytes)
  const error = await hdErrorOf(() => alone.hd.job(image).make())
  expect(error).toMatchObject({ file: 'a.png', code: expect.stringMatching(/^HD_(?:UPSCALE_FAILED|FIT)$/) })
  await alone.hd.close()
  expect(alone.warnings).toHaveLength(1)

  const chain = await workshop({ upscaler: [hostile(), { ...hostile(), name: 'second' }], onError: 'resample' })
  const asset = await chain.hd.job(await chain.source('a.png', bytes)).make()
  expect(asset).toMatchObject({ width: 16, upscaler: 'resample' })
  const messages = chain.events.filter((event) => event.type === 'warning').map(({ message }) => message)
  expect(messages).toHaveLength(2)
  for (const message of messages) expect(message.length).toBeLessThan(6000)
})

test("an upscaler that accepts 'jpg' gets the source's own JPEG, named jpeg, and shares masters with 'jpeg'", async () => {
  const bytes = await encodedImage(colourful(8, 6), 8, 6).jpeg().toBuffer()
  const given: unknown[] = []
  const upscale: Upscaler['upscale'] = async (image) => {
    given.push(await image.encoded())
    return repeat(await image.pixels())
  }
  const first = await workshop({ upscaler: repeater({ upscale, accepts: { formats: ['jpg'] } }), format: 'jpg' })
  const image = await first.source('a.jpg', bytes)
  const asset = await first.hd.job(image).make()
  expect(asset.format).toBe('jpeg')
  const second = await workshop({ upscaler: repeater({ upscale, accepts: { formats: ['jpeg'] } }), format: 'jpeg' }, first.root)
  expect((await second.hd.job(image).make()).key).toBe(asset.key)
  expect(given).toEqual([{ data: bytes, format: 'jpeg' }])
})
