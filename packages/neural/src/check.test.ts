import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
// The built package, because the worker is a separate file.
import { neural } from '../dist/index.mjs'
import { nearestModel } from './testing/onnx.ts'

const { signal } = new AbortController()

test('checks the built-in model, and reports its name, weights and threads', async () => {
  const upscaler = neural({ threads: 1 })
  onTestFinished(() => upscaler.close!())
  expect(await upscaler.check!({ signal })).toEqual({
    ok: true,
    facts: { model: 'fast', weights: expect.stringMatching(/^[0-9a-f]{16}$/), threads: 1 },
  })
})

test('checks a custom model, and reports its factor and the runtime', async () => {
  const upscaler = neural({ threads: 1, model: nearestModel('float32', [1, 3, 'h', 'w'], [1, 1, 4, 4]) })
  onTestFinished(() => upscaler.close!())
  expect(await upscaler.check!({ signal })).toEqual({
    ok: true,
    facts: { model: 'given as bytes', threads: 1, factor: 4, runtime: expect.stringMatching(/^(?:native|wasm)$/) },
  })
})

test('reports an invalid model instead of throwing', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unplugin-hd-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const file = path.join(folder, 'bad.onnx')
  await writeFile(file, 'no model')
  const upscaler = neural({ model: file })
  onTestFinished(() => upscaler.close!())
  expect(await upscaler.check!({ signal })).toMatchObject({
    ok: false,
    facts: { model: file, code: 'HD_MODEL' },
    advice: expect.stringContaining('(HD_MODEL)'),
  })
})
