import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { createHd, resolveOptions, type UpscaleContext, type UpscaleInput } from '@unplugin-hd/core'
import { neural } from '@unplugin-hd/neural'

const IMAGE = new URL('../../playground/images/schooner.png', import.meta.url)
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }

test.each([
  ['a checkerboard', (x: number, y: number) => ((x + y) % 2) * 255],
  ['stripes', (x: number) => (x % 2) * 255],
  ['diagonals', (x: number, y: number) => ((x + y) % 3 === 0 ? 0 : 255)],
  ['dots', (x: number, y: number) => (x % 3 === 0 && y % 3 === 0 ? 255 : 0)],
  ['noise', (x: number, y: number) => (Math.imul(x * 374761393 + y * 668265263, 1274126177) >>> 13) % 256],
])('%s of single pixels is not treated as a failure of the network', async (_, level) => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const hd = createHd(resolveOptions({}, { root, env: {}, defaultUpscaler: neural }), { log })
  for (const [width, height] of [
    [1, 1],
    [1, 9],
    [8, 8],
    [33, 17],
    [64, 64],
  ] as const) {
    const data = Uint8Array.from({ length: width * height }, (__, at) => level(at % width, Math.floor(at / width)))
    const file = path.join(root, `${width}x${height}.png`)
    await sharp(data, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(file)
    expect(await hd.job(await hd.source(file)).make()).toMatchObject({ width: 2 * width, height: 2 * height, factor: 2 })
  }
  await hd.close()
})

test('the pipeline does not change the pixels of the network for a PNG', async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const bytes = await readFile(IMAGE)
  await writeFile(path.join(root, 'a.png'), bytes)

  const upscaler = neural()
  const hd = createHd(resolveOptions({ upscaler }, { root, env: {}, defaultUpscaler: neural }), { log })
  const asset = await hd.job(await hd.source(path.join(root, 'a.png'))).make()
  await hd.close()

  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const context = { signal: new AbortController().signal, log, onProgress: () => undefined } as unknown as UpscaleContext
  const expected = await upscaler.upscale(
    { width, height, pixels: async () => ({ width, height, data }) } as unknown as UpscaleInput,
    context,
  )
  await upscaler.close?.()

  const actual = await sharp(asset.bytes).raw().toBuffer({ resolveWithObject: true })
  expect(actual.info).toMatchObject({ width: 2 * width, height: 2 * height, channels: 3 })
  expect(Buffer.compare(actual.data, (expected as { data: Uint8Array }).data)).toBe(0)
})
