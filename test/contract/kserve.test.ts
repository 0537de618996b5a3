import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { createHd, type Hd, type HdAsset, type HdEvent, type Pixels, resolveOptions, type Upscaler } from '@unplugin-hd/core'
import { kserve } from '@unplugin-hd/kserve'
import { neural } from '@unplugin-hd/neural'
import { inferenceServer, type ServedModel } from '../../packages/kserve/src/testing/inference-server.ts'
import { createContext, drawImage, toInput } from '../../packages/neural/src/testing/images.ts'

/** The built-in network, as a server runs it: FP32 from 0 to 1, in batches. */
function builtIn(): ServedModel {
  const network = neural({ threads: 1 })
  onTestFinished(() => network.close?.())
  const one = async (values: Float32Array, width: number, height: number): Promise<Float32Array> => {
    const image = { width, height, data: Uint8Array.from(values, (value) => Math.round(value * 255)) }
    const { data } = (await network.upscale(toInput(image), createContext())) as Pixels
    return Float32Array.from(data, (level) => level / 255)
  }
  return {
    datatype: 'FP32',
    shape: [-1, -1, -1, 3],
    outputShape: [-1, -1, -1, 3],
    versions: ['1', '2'],
    async run({ shape: [count, height, width], data }) {
      const size = data.length / count!
      const made: Float32Array[] = []
      for (let at = 0; at < data.length; at += size)
        made.push(await one(data.subarray(at, at + size) as Float32Array, width!, height!))
      return { shape: [count!, 2 * height!, 2 * width!, 3], data: Float32Array.from(made.flatMap((each) => [...each])) }
    },
  }
}

interface Project {
  events: HdEvent[]
  make(upscaler: Upscaler | Upscaler[]): Promise<HdAsset>
}

/** One image with alpha, and a cache. Its sides are multiples of 16, so that no tile is padded. */
async function project(): Promise<Project> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'unplugin-hd-')))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 3 }))
  const [width, height] = [208, 144]
  const { data } = drawImage(width, height)
  const alpha = Uint8Array.from({ length: width * height }, (_, at) => 128 + (at % 128))
  await sharp(data, { raw: { width, height, channels: 3 } })
    .joinChannel(Buffer.from(alpha), { raw: { width, height, channels: 1 } })
    .png()
    .toFile(path.join(root, 'a.png'))
  const events: HdEvent[] = []
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  const open = (upscaler: Upscaler | Upscaler[]): Hd =>
    createHd(resolveOptions({ upscaler }, { root, env: {}, defaultUpscaler: neural }), {
      log,
      onEvent: (event) => void events.push(event),
    })
  return {
    events,
    async make(upscaler) {
      const hd = open(upscaler)
      const asset = await hd.job(await hd.source(path.join(root, 'a.png'))).make()
      await hd.close()
      return asset
    },
  }
}

test('the built-in network on a server gives what it gives here, to one level, with the same alpha', async () => {
  const { url } = await inferenceServer({ hd: builtIn() })
  const { make } = await project()
  const far = await make(kserve({ url, model: 'hd', tile: 96, overlap: 16 }))
  const near = await make(neural())
  expect(far).toMatchObject({ width: 416, height: 288, upscaler: 'kserve' })
  const [one, other] = await Promise.all([far, near].map(({ bytes }) => sharp(bytes).raw().toBuffer()))
  expect(one!.length).toBe(4 * 416 * 288)
  expect(one!.reduce((largest, level, at) => Math.max(largest, Math.abs(level - other![at]!)), 0)).toBeLessThanOrEqual(1)
})

test('another version or revision of the model has other entries in the cache, and another server has the same', async () => {
  const server = await inferenceServer({ hd: builtIn() })
  const { url } = server
  const { make } = await project()
  const asked = async (upscaler: Upscaler): Promise<boolean> => {
    const before = server.requests.length
    await make(upscaler)
    return server.requests.length > before
  }
  expect(await asked(kserve({ url, model: 'hd', version: 1 }))).toBe(true)
  expect(await asked(kserve({ url, model: 'hd', version: 2 }))).toBe(true)
  expect(await asked(kserve({ url, model: 'hd', version: 2, revision: 'b' }))).toBe(true)
  expect(await asked(kserve({ url: 'https://elsewhere.invalid', model: 'hd', version: 1 }))).toBe(false)
})

test('a chain goes on without the server, with one warning', async () => {
  const { make, events } = await project()
  const asset = await make([kserve({ url: 'http://127.0.0.1:9', model: 'hd', retries: 0 }), neural()])
  expect(asset.upscaler).toBe('neural')
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
  expect(warnings).toEqual([
    expect.stringMatching(
      /the connection to http:\/\/127\.0\.0\.1:9 failed \(ECONNREFUSED\).*KSERVE_NETWORK.*trying 'neural' next/,
    ),
  ])
})
