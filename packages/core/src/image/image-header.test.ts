import { expect, test } from 'vitest'
import sharp, { type Sharp } from 'sharp'
import { readImageHeader } from './image-header.ts'
import { plainSize } from './plain-header.ts'
import { sniffFormat } from '../source/signature.ts'
import { noisy } from '../testing/images.ts'

const of = (channels: 3 | 4, width = 37, height = 21): Sharp =>
  sharp(noisy(width, height, channels), { raw: { width, height, channels } })
const bytesOf = (image: Sharp): Promise<Uint8Array> => image.toBuffer()

const PLAIN: [string, Sharp][] = [
  ['a JPEG', of(3).jpeg()],
  ['a progressive JPEG', of(3).jpeg({ progressive: true, mozjpeg: true })],
  ['a JPEG with a profile', of(3).keepIccProfile().withIccProfile('p3').jpeg()],
  ['a PNG', of(3).png()],
  ['a PNG with a palette', of(4).png({ palette: true })],
  ['an interlaced PNG', of(4).png({ progressive: true })],
  ['a WebP', of(3).webp()],
  ['a WebP with alpha', of(4).webp()],
  ['a lossless WebP', of(4).webp({ lossless: true })],
  ['a large WebP', of(3, 300, 700).webp({ lossless: true })],
]

test.each(PLAIN)('the size of %s is read as sharp reads it, without it', async (_, image) => {
  const bytes = await bytesOf(image)
  const { width, height } = await sharp(bytes).metadata()
  expect(plainSize(bytes, sniffFormat(bytes, ''))).toEqual({ width, height })
  expect(await readImageHeader(bytes)).toMatchObject({ width, height })
})

test.each<[string, Sharp]>([
  ['a JPEG', of(3).withMetadata({ orientation: 6 }).jpeg()],
  ['a PNG', of(3).withMetadata({ orientation: 6 }).png()],
  ['a WebP', of(3).withMetadata({ orientation: 6 }).webp()],
])('%s that is turned by its metadata is left to sharp', async (_, image) => {
  const bytes = await bytesOf(image)
  expect(plainSize(bytes, sniffFormat(bytes, ''))).toBeUndefined()
  expect(await readImageHeader(bytes)).toMatchObject({ width: 21, height: 37 })
})

test('an AVIF has a header, and two frames or no image have none', async () => {
  expect(await readImageHeader(await bytesOf(of(3).avif({ effort: 0 })))).toEqual({ format: 'avif', width: 37, height: 21 })
  const frames = await sharp(noisy(10, 20, 3), { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } })
    .webp()
    .toBuffer()
  expect(await readImageHeader(frames)).toBeUndefined()
  for (const text of ['', 'no image', '\xff\xd8\xff']) expect(await readImageHeader(Buffer.from(text, 'latin1'))).toBeUndefined()
})

test.each(PLAIN)('%s that is cut or changed anywhere never throws', async (_, image) => {
  const bytes = await bytesOf(image)
  const format = sniffFormat(bytes, '')
  for (let length = 0; length < Math.min(bytes.length, 600); length++) plainSize(bytes.subarray(0, length), format)
  for (let at = 0; at < Math.min(bytes.length, 600); at++) {
    const changed = Uint8Array.from(bytes)
    changed[at]! ^= 0xff
    plainSize(changed, format)
  }
  expect(plainSize(bytes.subarray(0, 8), format)).toBeUndefined()
})
