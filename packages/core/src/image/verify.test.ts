import { describe, expect, test } from 'vitest'
import { enlarge } from '../upscaler/enlarge.ts'
import { hdErrorOf } from '../testing/errors.ts'
import { repeat } from '../testing/hd.ts'
import { colourful, encodedImage, noisy, paint } from '../testing/images.ts'
import { claimingPng } from '../testing/strange.ts'
import type { Pixels } from '../upscaler/upscaler.ts'
import { verify } from './verify.ts'

const INPUT: Pixels = { width: 24, height: 16, data: colourful(24, 16) }

function refused(result: unknown, input = INPUT): Promise<string> {
  return hdErrorOf(() => verify(result, input, 'mine', 2)).then(({ code, message }) => {
    expect(message).toContain("'mine'")
    return code
  })
}

function recoloured(pixels: Pixels, colour: (red: number, green: number, blue: number) => number[]): Pixels {
  const data = new Uint8Array(pixels.data.length)
  for (let at = 0; at < data.length; at += 3) data.set(colour(pixels.data[at]!, pixels.data[at + 1]!, pixels.data[at + 2]!), at)
  return { ...pixels, data }
}

describe('a correct result', () => {
  const inputs: Record<string, Pixels> = {
    colourful: INPUT,
    noisy: { width: 50, height: 40, data: noisy(50, 40) },
    'one pixel': { width: 1, height: 1, data: noisy(1, 1) },
    'one row': { width: 33, height: 1, data: noisy(33, 1) },
    'one column': { width: 1, height: 33, data: noisy(1, 33) },
    'black and white pixels': { width: 40, height: 40, data: paint(40, 40, 3, (x, y) => ((x + y) % 2) * 255) },
    black: { width: 10, height: 10, data: new Uint8Array(300) },
    'nearly black': { width: 10, height: 10, data: paint(10, 10, 3, (x) => x / 5) },
  }
  test.each(Object.entries(inputs))('passes: %s', async (_, input) => {
    const { width, height, data } = input
    const result = repeat(input)
    expect(await verify(result, input, 'mine', 2)).toBe(result)
    for (const interpolator of ['bicubic', 'nohalo'] as const) {
      const smooth = await enlarge({ width, height, channels: 3, data }, 2 * width, 2 * height, interpolator)
      await verify({ width: 2 * width, height: 2 * height, data: smooth }, input, 'mine', 2)
    }
  })

  test.each(['png', 'jpeg', 'webp', 'avif'] as const)('passes as the bytes of a %s', async (format) => {
    const { width, height, data } = repeat(INPUT)
    const pixels = await verify(await encodedImage(data, width, height).toFormat(format).toBuffer(), INPUT, 'mine', 2)
    expect(pixels).toMatchObject({ width, height })
    expect(pixels.data).toHaveLength(data.length)
  })

  test('passes in grey, with alpha, and with an orientation', async () => {
    const { width, height, data } = repeat(INPUT)
    const turned = await encodedImage(data, width, height).rotate(270).jpeg().toBuffer()
    const bytes = [
      await encodedImage(data, width, height).ensureAlpha().png().toBuffer(),
      await (await import('sharp')).default(turned).withMetadata({ orientation: 6 }).toBuffer(),
    ]
    for (const file of bytes) expect((await verify(file, INPUT, 'mine', 2)).data).toHaveLength(data.length)
    const greyInput = recoloured(INPUT, (red) => [red, red, red])
    const grey = repeat(greyInput)
    const greyFile = await encodedImage(grey.data, width, height).toColourspace('b-w').png().toBuffer()
    expect((await verify(greyFile, greyInput, 'mine', 2)).data).toHaveLength(data.length)
  })
})

describe('a wrong result', () => {
  const doubled = repeat(INPUT)

  test.each([
    ['too small', { ...INPUT }],
    ['too large by one', repeat({ width: 25, height: 16, data: colourful(25, 16) })],
    ['turned', { ...doubled, width: 32, height: 48 }],
    ['short of a byte', { ...doubled, data: doubled.data.subarray(1) }],
    ['with alpha', { ...doubled, data: new Uint8Array(4 * 48 * 32) }],
    ['of fractional size', { ...doubled, width: 48.5 }],
  ])('is refused if it is %s', async (_, result) => {
    expect(await refused(result)).toBe('HD_UPSCALE_SIZE')
  })

  test('is refused by its header if its file has another size', async () => {
    expect(await refused(claimingPng(50_000, 50_000))).toBe('HD_UPSCALE_SIZE')
    expect(await refused(await encodedImage(INPUT.data, 24, 16).png().toBuffer())).toBe('HD_UPSCALE_SIZE')
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'image'],
    ['an object', {}],
    ['a list', [1, 2, 3]],
    ['pixels of floats', { ...doubled, data: new Float32Array(doubled.data.length) }],
    ['no bytes', new Uint8Array()],
    ['text bytes', Buffer.from('{"errcode":45009}')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"/>')],
    ['a PNG without its pixels', claimingPng(48, 32)],
  ])('is refused if it is %s', async (_, result) => {
    expect(await refused(result)).toBe('HD_UPSCALE_FAILED')
  })

  test('is refused if it shows something else', async () => {
    const upsideDown = { ...doubled, data: new Uint8Array(doubled.data.length) }
    for (let row = 0; row < 32; row++) upsideDown.data.set(doubled.data.subarray(144 * row, 144 * (row + 1)), 144 * (31 - row))
    const spotted = { ...doubled, data: doubled.data.slice() }
    for (let row = 0; row < 10; row++) spotted.data.fill(0, 144 * row, 144 * row + 30)
    const wrong: Record<string, Pixels> = {
      black: { ...doubled, data: new Uint8Array(doubled.data.length) },
      white: { ...doubled, data: new Uint8Array(doubled.data.length).fill(255) },
      'red and blue swapped': recoloured(doubled, (red, green, blue) => [blue, green, red]),
      negative: recoloured(doubled, (...levels) => levels.map((level) => 255 - level)),
      noise: { ...doubled, data: noisy(48, 32) },
      'upside down': upsideDown,
      'black in a corner': spotted,
    }
    for (const [what, result] of Object.entries(wrong)) expect(await refused(result), what).toBe('HD_UPSCALE_DIFFERS')
  })

  test('is refused if it is black, however dark the source is', async () => {
    const dark = { width: 40, height: 40, data: paint(40, 40, 3, (x) => x / 3) }
    const black = { width: 80, height: 80, data: new Uint8Array(3 * 6400) }
    expect(await refused(black, dark)).toBe('HD_UPSCALE_DIFFERS')
    await verify(repeat(dark), dark, 'mine', 2)
  })
})
