import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { createHd, resolveOptions } from '@unplugin-hd/core'
import { neural, type NeuralOptions } from '@unplugin-hd/neural'
import { nearestModel, scalesOf } from '../../packages/neural/src/testing/onnx.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }

test('a 4x model doubles an image with alpha exactly, with the same alpha as every other upscaler', async () => {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  const [width, height] = [45, 31]
  const data = Uint8Array.from({ length: 4 * width * height }, (_, at) => (at % 4 === 3 ? (at * 7) % 256 : 40 + (at % 150)))
  await sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toFile(path.join(root, 'a.png'))
  const double = async (options: NeuralOptions) => {
    const hd = createHd(resolveOptions({ upscaler: neural(options) }, { root, env: {}, defaultUpscaler: neural }), { log })
    const { bytes } = await hd.job(await hd.source(path.join(root, 'a.png'))).make()
    await hd.close()
    return sharp(bytes).extractChannel(3).raw().toBuffer({ resolveWithObject: true })
  }
  const own = await double({ model: nearestModel('float32', [1, 3, 'h', 'w'], scalesOf('NCHW', 4)) })
  expect(own.info).toMatchObject({ width: 90, height: 62 })
  expect(own.data.equals((await double({})).data)).toBe(true)
})
