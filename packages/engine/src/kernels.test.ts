import { expect, test } from 'vitest'
import { compile } from '../scripts/compile.ts'
import { compileModule, kernelBytes } from './module.ts'

test('the embedded module has the same bytes as its compiled sources', async () => {
  expect(Buffer.compare(await compile(), kernelBytes())).toBe(0)
})

test('the module has four functions, imports only memory, and is small', async () => {
  const module = await compileModule()
  expect(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['last', 'layer', 'transformKernels', 'widen'])
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  expect(kernelBytes().length).toBeLessThan(20_000)
})

test('the module has no relaxed SIMD, whose results depend on the processor', () => {
  // Its opcodes start at 0x100: after the prefix 0xfd come two bytes of LEB128, the second of which is 2.
  const bytes = kernelBytes()
  expect(bytes.some((byte, at) => byte === 0xfd && bytes[at + 1]! > 127 && bytes[at + 2] === 2)).toBe(false)
  expect(bytes.some((byte, at) => byte === 0xfd && bytes[at + 1]! > 127 && bytes[at + 2] === 1)).toBe(true)
})
