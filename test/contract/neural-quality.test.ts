import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { resample, type Pixels, type UpscaleContext, type UpscaleInput, type Upscaler } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'

interface Plane {
  width: number
  height: number
  data: Float64Array
}
type Measure = (one: Plane, other: Plane) => number
type Image = Pixels & { kind: string; name: string; channels: number }

const BENCH = new URL('../../bench/', import.meta.url)
const load = (name: string): Promise<Record<string, never>> => import(new URL(`quality/${name}.mjs`, BENCH).href)
const { psnr, ssim, gmsd, luma } = (await load('measures')) as unknown as Record<'psnr' | 'ssim' | 'gmsd', Measure> & {
  luma(image: Pixels): Plane
}
const { CONDITIONS } = (await load('reduce')) as unknown as {
  CONDITIONS: Record<string, (image: Image) => Promise<Image>>
}
const { readImages, HELD_OUT } = (await load('images')) as unknown as {
  readImages(folder: string): AsyncIterable<Image>
  HELD_OUT: string
}

function plane(width: number, height: number, level: (x: number, y: number) => number): Plane {
  const data = Float64Array.from({ length: width * height }, (_, at) => level(at % width, Math.floor(at / width)))
  return { width, height, data }
}

function stripes(amplitude: number): Plane {
  return plane(40, 40, (x) => 128 + (x % 2 ? amplitude : -amplitude))
}

test('a plane is identical to itself by every measure', () => {
  const one = plane(40, 30, (x, y) => 100 + 50 * Math.sin(x) + 30 * Math.cos(2 * y))
  expect(psnr(one, one)).toBe(Number.POSITIVE_INFINITY)
  expect(ssim(one, one)).toBeCloseTo(1, 12)
  expect(gmsd(one, one)).toBe(0)
})

test('PSNR of a difference of 5 levels is 20 log10(255 / 5)', () => {
  const values = [plane(9, 9, () => 100), plane(9, 9, (x) => (x % 2 ? 95 : 105))] as const
  expect(psnr(...values)).toBeCloseTo(20 * Math.log10(255 / 5), 10)
})

test('SSIM of two flat areas matches its formula', () => {
  const c1 = (0.01 * 255) ** 2
  const expected = (2 * 100 * 140 + c1) / (100 ** 2 + 140 ** 2 + c1)
  expect(
    ssim(
      plane(20, 20, () => 100),
      plane(20, 20, () => 140),
    ),
  ).toBeCloseTo(expected, 10)
})

test('SSIM of a pattern and the same with half the contrast matches its formula', () => {
  // Stripes of period 2: in any Gaussian window, mean and variance are nearly those of the whole.
  const c2 = (0.03 * 255) ** 2
  const expected = (2 * 40 * 20 + c2) / (40 ** 2 + 20 ** 2 + c2)
  expect(ssim(stripes(40), stripes(20))).toBeCloseTo(expected, 3)
})

test('GMSD ignores a uniform shift, and detects a flattened half of a ramp', () => {
  const ramp = plane(400, 400, (x) => 4 * x)
  expect(
    gmsd(
      ramp,
      plane(400, 400, (x) => 4 * x + 9),
    ),
  ).toBeCloseTo(0, 10)
  // Halved, the ramp rises by 8 a pixel, and Prewitt's operator over 3 gives 16: similarity c / (16² + c) in the plain half, 1 in the other.
  const plain = plane(400, 400, (x, y) => (y < 200 ? 4 * x : 800))
  const expected = (1 - 170 / (16 ** 2 + 170)) / 2
  expect(gmsd(ramp, plain)).toBeCloseTo(expected, 2)
})

test('a flat image stays flat when it is halved, and a ramp stays on centre', async () => {
  const data = Uint8Array.from({ length: 3 * 32 * 32 }, (_, at) => 4 * (Math.floor(at / 3) % 32))
  const ramp = { width: 32, height: 32, channels: 3, data, kind: '', name: '' }
  for (const condition of ['clean', 'area']) {
    const half = await CONDITIONS[condition]!(ramp)
    expect(half).toMatchObject({ width: 16, height: 16 })
    // The mean of source pixels 2x and 2x + 1, on every line.
    for (const line of [0, 7, 15]) for (const x of [4, 8, 11]) expect(half.data[3 * (16 * line + x)]).toBe(4 * (2 * x + 0.5))
    const grey = await CONDITIONS[condition]!({ ...ramp, data: new Uint8Array(3 * 32 * 32).fill(77) })
    expect(new Set(grey.data)).toEqual(new Set([77]))
  }
})

test('no package with held-out images is used for training', async () => {
  const learnt = new Set((await readRows(new URL('../packages/neural/training/images.tsv', BENCH))).map(([name]) => name))
  const judged = await readRows(new URL('images/origin.tsv', BENCH))
  expect(judged.length).toBeGreaterThan(20)
  expect(judged.filter(([, name]) => learnt.has(name))).toEqual([])
})

test('on held-out images of every kind neural() is far better than nohalo, and still better on JPEG', async () => {
  const upscalers = { neural: neural(), nohalo: resample() }
  const wanted = new Set(['bridge', 'robin', 'hammock', 'console'])
  for await (const image of readImages(HELD_OUT)) {
    if (!wanted.delete(image.name)) continue
    for (const [condition, least] of [
      ['clean', 1.2],
      ['jpeg85', 0.5],
      ['jpeg75', 0.3],
    ] as const) {
      const half = await CONDITIONS[condition]!(image)
      const [by, nohalo] = await Promise.all([upscalers.neural, upscalers.nohalo].map((each) => double(each, half)))
      const gain = psnr(luma(by!), luma(image)) - psnr(luma(nohalo!), luma(image))
      expect(gain, `${image.name} ${condition}`).toBeGreaterThan(least)
    }
  }
  expect(wanted).toEqual(new Set())
  await upscalers.neural.close?.()
})

test("'quality' is closer than 'fast' to each held-out photo", async () => {
  const upscalers = { fast: neural(), quality: neural({ model: 'quality' }) }
  const gains: Record<string, number> = {}
  for await (const image of readImages(HELD_OUT)) {
    if (image.kind !== 'photo') continue
    const half = await CONDITIONS['area']!(image)
    const [fast, quality] = await Promise.all([upscalers.fast, upscalers.quality].map((each) => double(each, half)))
    gains[image.name] = psnr(luma(quality!), luma(image)) - psnr(luma(fast!), luma(image))
  }
  expect(Object.keys(gains).length).toBeGreaterThan(3)
  for (const [name, gain] of Object.entries(gains)) expect(gain, name).toBeGreaterThan(0)
  await Promise.all(Object.values(upscalers).map((each) => each.close?.()))
})

async function double(upscaler: Upscaler, { width, height, data }: Image): Promise<Pixels> {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const context = { signal: new AbortController().signal, log, onProgress: () => undefined } as unknown as UpscaleContext
  const input = { width, height, pixels: async () => ({ width, height, data: Uint8Array.from(data) }) } as unknown as UpscaleInput
  return (await upscaler.upscale(input, context)) as Pixels
}

/** The cells of a tab-separated file, without its comments. */
async function readRows(file: URL): Promise<string[][]> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => line.split('\t'))
}
