import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mkdir, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { SOURCE_FORMATS } from '../request/format.ts'
import { decodeSource } from '../image/pixels.ts'
import { MAX_SOURCE_BYTES, readHeader, readSource, type Header } from './source.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { colourful, colourfulPng, encodedImage, noisy, sourceOf } from '../testing/images.ts'
import { claimingPng, frames } from '../testing/strange.ts'

const MANY = 50_000_000
const posix = test.skipIf(process.platform === 'win32')

describe('a source', () => {
  test('has the bytes of its file, their digest, and the format of its content, not of its name', async () => {
    const file = path.join(await temporaryFolder(), 'wrong-name.jpg')
    const bytes = await colourfulPng()
    await writeFile(file, bytes)
    const source = await readSource(file, 'wrong-name.jpg')
    expect(source).toMatchObject({
      name: 'wrong-name.jpg',
      format: 'png',
      digest: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(Buffer.compare(source.bytes, bytes)).toBe(0)
  })

  test('that is empty because it is being written is read again', async () => {
    const file = path.join(await temporaryFolder(), 'a.png')
    const bytes = await colourfulPng()
    writeFileSync(file, '')
    const reading = readSource(file, 'a.png')
    writeFileSync(file, bytes)
    expect(Buffer.compare((await reading).bytes, bytes)).toBe(0)
  })

  test('that does not exist is missing', async () => {
    const error = await hdErrorOf(async () => readSource(path.join(await temporaryFolder(), 'a.jpg'), 'a.jpg'))
    expect(error).toMatchObject({ code: 'HD_SOURCE_MISSING', file: 'a.jpg' })
    expect(error.message).toMatch(/upper and lower case/)
  })

  test('must not be a folder', async () => {
    const folder = path.join(await temporaryFolder(), 'a.jpg')
    await mkdir(folder)
    expect((await hdErrorOf(() => readSource(folder, 'a.jpg'))).code).toBe('HD_SOURCE_MISSING')
  })

  test('must not have an impossible file name', async () => {
    expect((await hdErrorOf(() => readSource('/a\0b', 'a'))).code).toBe('HD_SOURCE_MISSING')
  })

  posix('that is a pipe nobody writes to is refused at once', async () => {
    const pipe = path.join(await temporaryFolder(), 'pipe.png')
    execFileSync('mkfifo', [pipe])
    const error = await hdErrorOf(() => readSource(pipe, 'pipe.png'))
    expect(error.code).toBe('HD_SOURCE_MISSING')
    expect(error.message).toMatch(/device/)
  })

  posix('that is an endless device is refused', async () => {
    expect((await hdErrorOf(() => readSource('/dev/zero', 'zero'))).code).toBe('HD_SOURCE_MISSING')
  })

  test('with too many bytes is refused without reading it', async () => {
    const file = path.join(await temporaryFolder(), 'huge.png')
    await writeFile(file, '')
    await truncate(file, MAX_SOURCE_BYTES + 1)
    expect((await hdErrorOf(() => readSource(file, 'huge.png'))).code).toBe('HD_SOURCE_TOO_LARGE')
  })
})

async function headerOf(image: Sharp): Promise<Header> {
  return readHeader(sourceOf(await image.png().toBuffer()), MANY, 2)
}

describe('the header', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('has the upright size for orientation %i', async (orientation) => {
    const bytes = await encodedImage(colourful(9, 5), 9, 5).jpeg().withMetadata({ orientation }).toBuffer()
    const header = await readHeader(sourceOf(bytes), MANY, 2)
    expect([header.width, header.height]).toEqual(orientation > 4 ? [5, 9] : [9, 5])
    if (orientation > 1) expect(header.plain).toBe(false)
  })

  test.each(['gif', 'webp', 'tiff'] as const)('of a %s with two frames is refused', async (format) => {
    const error = await hdErrorOf(async () => readHeader(sourceOf(await frames(format), 'a.b'), MANY, 2))
    expect(error).toMatchObject({ code: 'HD_SOURCE_ANIMATED', file: 'a.b' })
    expect(error.message).toContain(format === 'tiff' ? '2 pages' : '2 frames')
  })

  test.each(['gif', 'webp', 'tiff'] as const)('of a %s with one frame is accepted', async (format) => {
    const bytes = await encodedImage(colourful(8, 6), 8, 6).toFormat(format).toBuffer()
    expect(await readHeader(sourceOf(bytes), MANY, 2)).toMatchObject({ width: 8, height: 6 })
  })

  test('reports alpha and grey', async () => {
    expect(await headerOf(encodedImage(noisy(4, 4, 1), 4, 4, 1).toColourspace('b-w'))).toMatchObject({
      alpha: false,
      grey: true,
      plain: true,
    })
    expect(await headerOf(encodedImage(noisy(4, 4, 2), 4, 4, 2).toColourspace('b-w'))).toMatchObject({ alpha: true, grey: true })
    expect(await headerOf(encodedImage(noisy(4, 4), 4, 4))).toMatchObject({ alpha: false, grey: false, plain: true })
    expect(await headerOf(encodedImage(noisy(4, 4, 4), 4, 4, 4))).toMatchObject({ alpha: true, grey: false })
    expect(await headerOf(encodedImage(noisy(4, 4), 4, 4).withIccProfile('p3'))).toMatchObject({ plain: false })
  })

  test('that declares a huge size is refused', async () => {
    const error = await hdErrorOf(() => readHeader(sourceOf(claimingPng(60_000, 60_000)), MANY, 2))
    expect(error.code).toBe('HD_SOURCE_TOO_LARGE')
    expect(error.message).toMatch(/60000x60000.*14400000000.*'maxPixels' is 50000000/)
  })

  test('is limited by the pixels of the 2x, exactly', async () => {
    const source = sourceOf(await colourfulPng(10, 5))
    expect(await readHeader(source, 200, 2)).toMatchObject({ width: 10, height: 5 })
    expect((await hdErrorOf(() => readHeader(source, 199, 2))).code).toBe('HD_SOURCE_TOO_LARGE')
  })
})

const open = async (bytes: Uint8Array): Promise<unknown> => {
  const source = sourceOf(bytes, 'a/b.png')
  return decodeSource(source, await readHeader(source, MANY, 2))
}

describe('a damaged source', () => {
  test.each(SOURCE_FORMATS)('is reported if a %s is truncated', async (format) => {
    const whole = await encodedImage(noisy(64, 64), 64, 64).toFormat(format, { quality: 90 }).toBuffer()
    await open(whole)
    for (const share of [0.2, 0.5, 0.9]) {
      const error = await hdErrorOf(() => open(whole.subarray(0, Math.floor(share * whole.length))))
      expect(error).toMatchObject({ code: 'HD_SOURCE_BROKEN', file: 'a/b.png' })
      expect(error.message).toMatch(/Restore or re-export/)
      expect(error.message).not.toContain('\n')
    }
  })

  test.each(SOURCE_FORMATS)('is reported if garbage follows the signature of a %s', async (format) => {
    const whole = await encodedImage(colourful(8, 6), 8, 6).toFormat(format).toBuffer()
    const garbage = Buffer.concat([whole.subarray(0, format === 'avif' ? 32 : 12), noisy(20, 20)])
    expect((await hdErrorOf(() => open(garbage))).code).toBe('HD_SOURCE_BROKEN')
  })
})
