import { readdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'

type Figures = Record<string, number>
type Row = Record<string, string | number | undefined>
interface Image {
  width: number
  height: number
  channels: number
  data: Uint8Array
}
interface Perceptual {
  judge(one: Image, other: Image): Promise<Figures>
  close(): Promise<void>
}
type Run = (program: string, files: string[]) => Promise<string>

const load = (name: string): Promise<unknown> => import(new URL(`../../bench/quality/${name}.mjs`, import.meta.url).href)
const { openPerceptual, parseButteraugli, parseSsimulacra } = (await load('perceptual')) as {
  openPerceptual(options?: { folder?: string; run?: Run }): Promise<Perceptual | undefined>
  parseButteraugli(output: string): number
  parseSsimulacra(output: string): number
}
const { judge, means } = (await load('judge')) as {
  judge(doubled: Image, original: Image, perceptual?: Pick<Perceptual, 'judge'>): Promise<Figures>
  means(rows: Row[]): Row[]
}
const { formatTables } = (await load('tables')) as {
  formatTables(rows: Row[], methods: string[], conditions: string[], options: { each: boolean }): string
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bench-quality-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function image(level: (at: number) => number, channels = 3): Image {
  const data = Uint8Array.from({ length: 32 * 32 * channels }, (_, at) => level(at))
  return { width: 32, height: 32, channels, data }
}

/** The output of the two tools, by their input images. */
const printed: Run = async (program, files) => {
  if (files.length === 0) throw Object.assign(new Error('usage'), { code: 1 })
  const [one, other] = await Promise.all(files.map((file) => sharp(file).raw().toBuffer()))
  const difference = Math.abs(one![0]! - other![0]!)
  return program === 'butteraugli_main' ? `9.5\n3-norm: ${difference}.25\n` : `${difference / 100}\n`
}

test('uses the 3-norm of butteraugli_main, not the maximum', () => {
  expect(parseButteraugli('4.9514756203\n3-norm: 2.033885\n')).toBe(2.033885)
  expect(parseButteraugli('4.9514756203\r\n3-norm: 2.033885\r\n')).toBe(2.033885)
  expect(parseButteraugli('0.0000000000\n3-norm: 0.000000\n')).toBe(0)
})

test('ssimulacra_main prints one number', () => {
  expect(parseSsimulacra('0.05918818\n')).toBe(0.05918818)
  expect(parseSsimulacra('0.00000000\n')).toBe(0)
})

test('the error for a tool that prints no number contains its name and output', () => {
  expect(() => parseButteraugli('4.95\n')).toThrow('butteraugli_main printed no figure, but: 4.95')
  expect(() => parseButteraugli('4.95\n6-norm: 2.61\n')).toThrow('butteraugli_main printed no figure')
  expect(() => parseSsimulacra('Image size mismatch\n')).toThrow('ssimulacra_main printed no figure, but: Image size mismatch')
  expect(() => parseSsimulacra('')).toThrow('but: nothing')
  expect(() => parseSsimulacra('nan\n')).toThrow('printed no figure')
})

test('both tools get PNG files with the exact pixels, which are removed afterwards', async () => {
  const perceptual = (await openPerceptual({ folder, run: printed }))!
  const figures = await perceptual.judge(
    image(() => 90),
    image(() => 97),
  )
  expect(figures).toEqual({ butteraugli: 7.25, ssimulacra: 0.07 })
  const [own] = await readdir(folder)
  expect(await readdir(path.join(folder, own!))).toEqual([])
  await perceptual.close()
  expect(await readdir(folder)).toEqual([])
})

/** The same, but the second tool fails. */
const broken: Run = async (program, files) => {
  if (program === 'ssimulacra_main' && files.length > 0) throw new Error('it broke')
  return printed(program, files)
}

/** The same, but the second tool is missing. */
const absent: Run = async (program, files) => {
  if (program === 'ssimulacra_main') throw Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' })
  return printed(program, files)
}

test('no file remains if a tool fails', async () => {
  const perceptual = (await openPerceptual({ folder, run: broken }))!
  await expect(
    perceptual.judge(
      image(() => 1),
      image(() => 2),
    ),
  ).rejects.toThrow('it broke')
  const [own] = await readdir(folder)
  expect(await readdir(path.join(folder, own!))).toEqual([])
  await perceptual.close()
})

test('if a tool is not installed, its measures are skipped, and nothing is written', async () => {
  expect(await openPerceptual({ folder, run: absent })).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

test('the real tools, if installed, distinguish a noisy image from an identical one', async ({ skip }) => {
  const perceptual = await openPerceptual({ folder })
  if (!perceptual) return skip('libjxl-devtools is not installed')
  const plain = image((at) => (at * 7) % 200)
  const noisy = image((at) => ((at * 7) % 200) + ((at * 31) % 40))
  expect(await perceptual.judge(plain, plain)).toEqual({ butteraugli: 0, ssimulacra: 0 })
  const { butteraugli, ssimulacra } = await perceptual.judge(plain, noisy)
  expect(butteraugli).toBeGreaterThan(0.5)
  expect(ssimulacra).toBeGreaterThan(0.01)
  await perceptual.close()
})

test('a transparent image is judged by the mean on white and on black', async () => {
  const seen: number[][] = []
  const perceptual = {
    async judge(original: Image, doubled: Image) {
      seen.push([original.data[0]!, doubled.data[0]!])
      return { butteraugli: seen.length, ssimulacra: seen.length / 10 }
    },
  }
  const half = image((at) => (at % 4 === 3 ? 51 : 100), 4)
  const opaque = image((at) => (at % 4 === 3 ? 255 : 100), 4)
  const figures = await judge(half, opaque, perceptual)
  expect(seen).toEqual([
    [100, 224],
    [100, 20],
  ])
  expect(figures.butteraugli).toBe(1.5)
  expect(figures.ssimulacra).toBeCloseTo(0.15)
})

const ROWS: Row[] = [
  {
    kind: 'photo',
    image: 'a',
    condition: 'clean',
    method: 'neural',
    psnr: 30,
    ssim: 0.9,
    gmsd: 0.02,
    butteraugli: 2,
    ssimulacra: 0.05,
  },
  {
    kind: 'photo',
    image: 'b',
    condition: 'clean',
    method: 'neural',
    psnr: 34,
    ssim: 0.8,
    gmsd: 0.04,
    butteraugli: 3,
    ssimulacra: 0.07,
  },
  {
    kind: 'text',
    image: 'a',
    condition: 'clean',
    method: 'neural',
    psnr: 25,
    ssim: 0.7,
    gmsd: 0.1,
    butteraugli: 5,
    ssimulacra: 0.2,
  },
  {
    kind: 'text',
    image: 'a',
    condition: 'jpeg85',
    method: 'neural',
    psnr: 24,
    ssim: 0.6,
    gmsd: 0.1,
    butteraugli: 6,
    ssimulacra: 0.3,
  },
]

test('rows are averaged by kind, condition and method', () => {
  const [photo, ...texts] = means(ROWS)
  expect(photo).toMatchObject({ kind: 'photo', condition: 'clean', method: 'neural', images: 2, psnr: 32, butteraugli: 2.5 })
  expect(photo!.ssimulacra).toBeCloseTo(0.06)
  expect(texts.map((row) => [row.condition, row.images, row.psnr])).toEqual([
    ['clean', 1, 25],
    ['jpeg85', 1, 24],
  ])
})

test('the tables show both families of measures, and only measured values', () => {
  const both = formatTables(ROWS, ['neural'], ['clean', 'jpeg85'], { each: false })
  expect(both).toContain('photo (2)               clean\n  neural                32.00 0.8500 0.030\n')
  expect(both).toContain('photo (2)               clean\n  neural                2.50 0.0600\n')
  expect(both).toContain('text (1)                clean        jpeg85\n  neural                5.00 0.2000  6.00 0.3000')
  const without = formatTables(
    ROWS.map((row) => ({ ...row, butteraugli: undefined })),
    ['neural'],
    ['clean'],
    { each: true },
  )
  expect(without).not.toContain('Butteraugli')
  expect(without).toContain('photo/b                 clean\n  neural                34.00 0.8000 0.040\n')
})
