import { readFileSync } from 'node:fs'
import { createEngine } from '@unplugin-hd/engine'
import { expect, test } from 'vitest'
import { DIGEST } from './built-in/models.ts'
import { neural } from './neural.ts'
import { resolveOptions } from './options.ts'
import { WEIGHTS } from './weights.ts'

const BYTES = Uint8Array.of(1, 2, 3)

test.each([
  [{ modle: 'x' }, /^neural\(\): the option 'modle' is unknown\. Did you mean 'model'\? Allowed are 'model', 'threads'/],
  [{ model: BYTES, runtime: 'gpu' }, /^neural\(\): the option 'runtime' is 'gpu', expected 'auto', 'native', 'wasm'/],
  [{ threads: 0 }, /'threads' is 0, expected a whole number from 1 to 64/],
  [{ threads: 1.5 }, /'threads'/],
  [{ model: BYTES, tile: '512' }, /'tile' is '512'/],
  [{ model: BYTES, tile: 47 }, /'tile'.*from 48/],
  [{ model: BYTES, tile: 79 }, /'tile'.*at least 80/],
  [{ model: BYTES, overlap: -1 }, /'overlap'/],
  [{ model: BYTES, overlap: 513 }, /'overlap'/],
  [{ model: '' }, /'model'/],
  [{ model: BYTES, executionProviders: 'cuda' }, /'executionProviders' is "cuda", expected a list/],
  [{ model: BYTES, executionProviders: [''] }, /'executionProviders'/],
  [{ model: BYTES, executionProviders: [{ deviceId: 1 }] }, /'executionProviders'.*deviceId/],
  [{ model: BYTES, executionProviders: ['cuda'], runtime: 'wasm' }, /only with the native runtime/],
  [{ model: 7 }, /'model' is 7, expected 'fast', 'quality', a path/],
  [{ model: 'https://example.com/x2.onnx' }, /'model'.*a path/],
  [{ model: new URL('https://example.com/x2.onnx') }, /'model'/],
  ['fast', /^neural\(\): the options are fast, expected an object/],
])('refuses %j', (options, message) => {
  expect(() => neural(options as never)).toThrow(
    expect.objectContaining({ code: 'HD_OPTION', message: expect.stringMatching(message) }),
  )
})

test.each([{ runtime: 'auto' }, { runtime: 'native' }, { executionProviders: [] }, { tile: 512 }, { overlap: 12 }] as const)(
  'refuses %j with a built-in model, with a reason and a remedy',
  (option) => {
    for (const model of [undefined, 'fast', 'quality']) {
      const [name] = Object.keys(option)
      expect(() => neural({ model, ...option })).toThrow(
        expect.objectContaining({
          code: 'HD_OPTION',
          message: expect.stringMatching(
            `takes \`${name}\` only together with a \`model\` of your own. Remove it: .*engine of their own`,
          ),
        }),
      )
    }
  },
)

test("does not modify the caller's object", () => {
  const options = Object.freeze({ model: BYTES, runtime: 'wasm', threads: 2 } as const)
  expect(resolveOptions(options)).toEqual({
    builtIn: 'fast',
    own: { model: expect.anything(), runtime: 'wasm', executionProviders: [], tile: undefined, overlap: undefined },
    threads: 2,
  })
})

test('the version of a built-in model depends on its weights and views, not on threads', async () => {
  const engine = createEngine(readFileSync(WEIGHTS))
  expect(DIGEST).toBe(engine.digest)
  await engine.close()
  expect(neural().version).toBe(`hd-x2-${DIGEST.slice(0, 16)}-a3`)
  expect(neural({ threads: 1 }).version).toBe(neural({ threads: 7 }).version)
  expect(neural({ model: 'quality' }).version).toBe(`hd-x2-${DIGEST.slice(0, 16)}-a3-v8`)
})

test("'fast' is the default model, and './fast' is a file", () => {
  expect(resolveOptions({ model: 'fast' })).toEqual(resolveOptions())
  expect(resolveOptions({ model: 'quality' })).toMatchObject({ builtIn: 'quality', own: undefined })
  expect(resolveOptions({ model: './fast' }).own?.model).toMatchObject({ file: './fast' })
})

test('execution providers are copied, and do not change the version', () => {
  const executionProviders = [{ name: 'cuda', deviceId: 1 }, 'cpu']
  const resolved = resolveOptions({ model: BYTES, executionProviders })
  executionProviders.length = 0
  expect(resolved.own?.executionProviders).toEqual([{ name: 'cuda', deviceId: 1 }, 'cpu'])
  expect(neural({ model: BYTES, executionProviders: ['cuda'] }).version).toBe(neural({ model: BYTES }).version)
})

test('the version of a custom model changes with its bytes, tile and overlap, and contains no path', () => {
  const version = neural({ model: BYTES }).version
  expect(version).toMatch(/^own-[0-9a-f]{16}-a2-tauto-o32-hd-x2-[0-9a-f]{16}-a3$/)
  expect(neural({ model: BYTES, runtime: 'native', threads: 1 }).version).toBe(version)
  const others = [{ model: Uint8Array.of(1) }, { model: BYTES, tile: 256 }, { model: BYTES, overlap: 16 }]
  for (const other of others) expect(neural(other).version).not.toBe(version)
})

test('copies the bytes of a model, so later changes have no effect', () => {
  // A Buffer, because its slice() would share the memory.
  const model = Buffer.from(BYTES)
  const upscaler = neural({ model })
  model.fill(0)
  expect(upscaler.version).toBe(neural({ model: BYTES }).version)
})
