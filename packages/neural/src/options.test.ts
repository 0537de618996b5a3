import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_DIGEST } from './onnx/model.ts'
import { neural } from './neural.ts'
import { resolveOptions } from './options.ts'

const BYTES = Uint8Array.of(1, 2, 3)

test.each([
  [{ modle: 'x' }, /^neural\(\): the option 'modle' is unknown\. Did you mean 'model'\? Allowed are 'model', 'runtime'/],
  [{ runtime: 'gpu' }, /`runtime`.*got 'gpu'/],
  [{ threads: 0 }, /`threads`.*from 1 to 64, got 0/],
  [{ threads: 1.5 }, /`threads`/],
  [{ tile: '512' }, /`tile`.*got '512'/],
  [{ tile: 47 }, /`tile`.*from 48/],
  [{ model: BYTES, tile: 79 }, /`tile`.*at least 80/],
  [{ model: BYTES, overlap: -1 }, /`overlap`/],
  [{ model: BYTES, overlap: 513 }, /`overlap`/],
  [{ overlap: 12 }, /`overlap` only together with `model`/],
  [{ model: '' }, /`model`/],
  [{ model: 'quality' }, /no model 'quality' in this version/],
  [{ executionProviders: 'cuda' }, /`executionProviders`.*a list.*got 'cuda'/],
  [{ executionProviders: [''] }, /`executionProviders`/],
  [{ executionProviders: [{ deviceId: 1 }] }, /`executionProviders`.*deviceId/],
  [{ executionProviders: ['cuda'], runtime: 'wasm' }, /only with the native runtime/],
  [{ model: 7 }, /`model`.*got 7/],
  [{ model: 'https://example.com/x2.onnx' }, /`model`.*a path/],
  [{ model: new URL('https://example.com/x2.onnx') }, /`model`/],
  ['fast', /^neural\(\): the options are fast, expected an object/],
])('refuses %j', (options, message) => {
  expect(() => neural(options as never)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

test('leaves the object of the caller alone', () => {
  const options = Object.freeze({ runtime: 'wasm', threads: 2 } as const)
  expect(resolveOptions(options)).toEqual({
    model: expect.objectContaining({ own: false }),
    runtime: 'wasm',
    executionProviders: [],
    threads: 2,
    tile: undefined,
    overlap: undefined,
  })
})

test('the version of the default model is that of its weights, whatever runtime, threads and tiles', () => {
  const digest = createHash('sha256')
    .update(readFileSync(new URL('../models/hd-x2.onnx', import.meta.url)))
    .digest('hex')
  expect(DEFAULT_DIGEST).toBe(digest)
  expect(neural().version).toBe(`hd-x2-${digest.slice(0, 16)}-a1`)
  expect(neural({ runtime: 'wasm', threads: 1, tile: 64 }).version).toBe(neural().version)
})

test("'fast' is the default model, and './fast' a file", () => {
  expect(neural({ model: 'fast' }).version).toBe(neural().version)
  expect(resolveOptions({ model: './fast' }).model).toMatchObject({ own: true, file: './fast' })
})

test('execution providers are copied, and change no version', () => {
  const executionProviders = [{ name: 'cuda', deviceId: 1 }, 'cpu']
  const resolved = resolveOptions({ executionProviders })
  executionProviders.length = 0
  expect(resolved.executionProviders).toEqual([{ name: 'cuda', deviceId: 1 }, 'cpu'])
  expect(neural({ executionProviders: ['cuda'] }).version).toBe(neural().version)
})

test('the version of an own model changes with its bytes, tile and overlap, and holds no path', () => {
  const version = neural({ model: BYTES }).version
  expect(version).toMatch(/^own-[0-9a-f]{16}-tauto-o32-hd-x2-[0-9a-f]{16}-a1$/)
  expect(neural({ model: BYTES, runtime: 'native', threads: 1 }).version).toBe(version)
  const others = [{ model: Uint8Array.of(1) }, { model: BYTES, tile: 256 }, { model: BYTES, overlap: 16 }]
  for (const other of others) expect(neural(other).version).not.toBe(version)
})

test('bytes that the caller changes afterwards change nothing', () => {
  // A Buffer, whose slice() would share the memory.
  const model = Buffer.from(BYTES)
  const upscaler = neural({ model })
  model.fill(0)
  expect(upscaler.version).toBe(neural({ model: BYTES }).version)
})
