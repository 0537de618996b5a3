import { describe, expect, test } from 'vitest'
import { SOURCE_FORMATS } from '../request/format.ts'
import { sniffFormat } from './signature.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { colourful, encodedImage } from '../testing/images.ts'
import { animatedPng, isoMedia } from '../testing/strange.ts'

const SVG = '<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'
const HTML = '<!doctype html><body><svg></svg></body>'
const LFS = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

test.each(SOURCE_FORMATS)('recognises a real %s file by its first bytes', async (format) => {
  expect(sniffFormat(await encodedImage(colourful(8, 6), 8, 6).toFormat(format).toBuffer(), 'x')).toBe(format)
})

test.each([
  ['a JPEG', '\xff\xd8\xff\xe1', 'jpeg'],
  ['an old GIF', 'GIF87a', 'gif'],
  ['a big-endian TIFF', 'MM\0*', 'tiff'],
  ['a BigTIFF', 'II+\0', 'tiff'],
])('recognises %s by its signature', (_, bytes, format) => {
  expect(sniffFormat(latin1(bytes), 'x')).toBe(format)
})

test('an AVIF may have another major brand', () => {
  expect(sniffFormat(isoMedia('mif1', 'mif1', 'avif'), 'x')).toBe('avif')
})

test('reads a view of a larger buffer from its own start', () => {
  const larger = Buffer.concat([latin1('GIF89a'), isoMedia('avif')])
  expect(sniffFormat(larger.subarray(6), 'x')).toBe('avif')
})

test('an animated PNG with one frame is an image', async () => {
  expect(sniffFormat(await animatedPng(1), 'x')).toBe('png')
})

describe('a refusal', () => {
  const cases: [what: string, bytes: () => Buffer | Promise<Buffer>, code: string, message: RegExp][] = [
    ['an empty file', () => Buffer.alloc(0), 'HD_SOURCE_BROKEN', /empty.*Restore/],
    ['a Git LFS pointer', () => latin1(LFS), 'HD_SOURCE_LFS', /git lfs pull/],
    ['an SVG', () => latin1(SVG), 'HD_SOURCE_FORMAT', /SVG.*without `\?hd`/],
    ['an SVG with a BOM', () => Buffer.from(`\ufeff${SVG}`), 'HD_SOURCE_FORMAT', /SVG.*without `\?hd`/],
    ['an SVG in UTF-16', () => Buffer.from(`\ufeff${SVG}`, 'utf16le'), 'HD_SOURCE_FORMAT', /SVG.*without `\?hd`/],
    ['an SVG in big-endian UTF-16', () => Buffer.from(`\ufeff${SVG}`, 'utf16le').swap16(), 'HD_SOURCE_FORMAT', /SVG/],
    ['a page that holds an SVG', () => latin1(HTML), 'HD_SOURCE_FORMAT', /an HTML page/],
    ['a BMP', () => latin1('BM\x36\x00'), 'HD_SOURCE_FORMAT', /BMP.*Convert it to PNG, JPEG, WebP or AVIF/],
    ['a PDF', () => latin1('%PDF-1.7'), 'HD_SOURCE_FORMAT', /PDF.*Convert/],
    ['a Photoshop document', () => latin1('8BPS\0\x01'), 'HD_SOURCE_FORMAT', /Photoshop.*Convert/],
    ['a JPEG XL', () => latin1('\0\0\0\x0cJXL \r\n\x87\n'), 'HD_SOURCE_FORMAT', /JPEG XL.*Convert/],
    ['a bare JPEG XL', () => latin1('\xff\x0a\0\0'), 'HD_SOURCE_FORMAT', /JPEG XL.*Convert/],
    ['a JPEG 2000', () => latin1('\0\0\0\x0cjP  \r\n\x87\n'), 'HD_SOURCE_FORMAT', /JPEG 2000.*Convert/],
    ['an icon', () => latin1('\0\0\x01\0\x01\0'), 'HD_SOURCE_FORMAT', /ICO.*Convert/],
    ['a HEIC', () => isoMedia('heic', 'mif1', 'heic'), 'HD_SOURCE_FORMAT', /HEIC.*Convert/],
    ['a video', () => isoMedia('isom', 'mp42'), 'HD_SOURCE_FORMAT', /video.*Convert/],
    ['a box that lies about its size', () => latin1('\0\0\0\0ftyp'), 'HD_SOURCE_FORMAT', /Convert/],
    ['an AVIF sequence', () => isoMedia('avis', 'avif', 'avis'), 'HD_SOURCE_ANIMATED', /sequence.*without `\?hd`/],
    ['an animated PNG', () => animatedPng(2), 'HD_SOURCE_ANIMATED', /animated PNG.*without `\?hd`/],
    ['text', () => latin1('hello'), 'HD_SOURCE_FORMAT', /something else.*Convert/],
    ['one byte', () => latin1('\xff'), 'HD_SOURCE_FORMAT', /something else/],
    ['a RIFF that is no WebP', () => latin1('RIFF\0\0\0\0WAVE'), 'HD_SOURCE_FORMAT', /something else/],
  ]
  test.each(cases)('of %s says what it is, with a remedy', async (_, bytes, code, message) => {
    const data = await bytes()
    const error = await hdErrorOf(() => sniffFormat(data, 'a/b.jpg'))
    expect(error.code).toBe(code)
    expect(error.file).toBe('a/b.jpg')
    expect(error.message).toMatch(message)
  })
})
