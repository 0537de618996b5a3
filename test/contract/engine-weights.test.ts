import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createEngine } from '@unplugin-hd/engine'
import { createImage } from '../../packages/engine/src/testing/noise.ts'

const NEURAL = new URL('../../packages/neural/', import.meta.url)
const MODEL = fileURLToPath(new URL('models/hd-x2.onnx', NEURAL))
const WEIGHTS = fileURLToPath(new URL('models/hd-x2.hdw', NEURAL))
const CONVERT = fileURLToPath(new URL('../../packages/engine/scripts/convert.mjs', import.meta.url))

interface Tensor {
  data: Uint8Array
}
interface Runtime {
  Tensor: new (type: 'uint8', data: Uint8Array, dims: number[]) => Tensor
  InferenceSession: { create(file: string): Promise<{ run(feeds: { image: Tensor }): Promise<{ upscaled: Tensor }> }> }
}

test('the published weights are the converted ONNX file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'model.hdw')
  await promisify(execFile)(process.execPath, [CONVERT, MODEL, file, '--float16'])
  expect(Buffer.compare(await readFile(file), await readFile(WEIGHTS))).toBe(0)
})

test('results are within one level of those of the ONNX file in onnxruntime-node', async () => {
  const { InferenceSession, Tensor } = createRequire(new URL('package.json', NEURAL))('onnxruntime-node') as Runtime
  const session = await InferenceSession.create(MODEL)
  const engine = createEngine(await readFile(WEIGHTS))
  onTestFinished(() => engine.close())
  for (const [width, height] of [
    [1, 1],
    [1, 17],
    [7, 5],
    [130, 98],
    [513, 257],
  ] as const) {
    const image = createImage(width, height)
    const { upscaled } = await session.run({ image: new Tensor('uint8', image.data, [1, height, width, 3]) })
    const { data } = await engine.upscale(image)
    expect(data.length).toBe(upscaled.data.length)
    let worst = 0
    for (const [at, level] of data.entries()) worst = Math.max(worst, Math.abs(level - upscaled.data[at]!))
    expect(worst, `${width}x${height}`).toBeLessThanOrEqual(1)
  }
})
