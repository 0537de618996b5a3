import { describe, expect, test } from 'vitest'
import { sha256 } from './sha256.ts'
import { fromHalf } from './testing/half.ts'
import { createLayers } from './testing/network.ts'
import { readWeights, writeWeights } from './weights.ts'

const good = writeWeights(createLayers(8, 2))
const halves = writeWeights(createLayers(8, 2), 2)

/** The same weights with some bytes replaced, and a matching digest. */
function forge(changes: Record<number, number>, from = good): Uint8Array {
  const bytes = Uint8Array.from(from)
  for (const [at, byte] of Object.entries(changes)) bytes[Number(at)] = byte
  bytes.set(sha256(bytes.subarray(0, -32)), bytes.length - 32)
  return bytes
}

test.each([2, 4] as const)('reads what it wrote with numbers of %i bytes', (width) => {
  const layers = createLayers(16, 3)
  const { channels, layers: read, digest } = readWeights(writeWeights(layers, width))
  expect(channels).toBe(16)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(read.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
    [3, 16],
    [16, 16],
    [16, 16],
    [16, 12],
  ])
  for (const [index, { kernel, bias, slope }] of read.entries()) {
    const written = layers[index]!
    expect(bias).toEqual(written.bias)
    expect(slope).toBe(Math.fround(written.slope))
    const numbers = new DataView(kernel.buffer)
    expect(kernel).toHaveLength(width * written.kernel.length)
    for (const at of written.kernel.keys()) {
      const value = width === 4 ? numbers.getFloat32(4 * at, true) : fromHalf(numbers.getUint16(2 * at, true))
      expect(Math.abs(value - written.kernel[at]!)).toBeLessThanOrEqual(width === 4 ? 0 : Math.abs(value) * 2 ** -11 + 2 ** -25)
    }
  }
})

test('weights may be a view of a larger buffer', () => {
  const larger = new Uint8Array(good.length + 7)
  larger.set(good, 5)
  expect(readWeights(larger.subarray(5, 5 + good.length))).toEqual(readWeights(good))
})

describe('weights are refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['that are not bytes', 'weights', /Uint8Array/],
    ['that are empty', new Uint8Array(), /only 0 bytes/],
    ['that are an ONNX file', new Uint8Array(100).fill(8), /ONNX/],
    ['of a later version', forge({ 4: 2 }), /version 2/],
    ['with numbers of 3 bytes', forge({ 5: 3 }), /3 bytes/],
    ['with no channels', forge({ 6: 0, 7: 0 }), /0 channels/],
    ['with channels that are not a multiple of 8', forge({ 6: 9 }), /9 channels/],
    ['with 65528 channels', forge({ 6: 0xf8, 7: 0xff }), /65528 channels/],
    ['with no layers', forge({ 8: 0 }), /0 layers/],
    ['with 65535 layers', forge({ 8: 255, 9: 255 }), /65535 layers/],
    ['with reserved bytes in use', forge({ 10: 1 }), /reserved/],
    ['that are shorter than their header says', good.subarray(0, -1), /header requires/],
    ['that are longer than their header says', forge({ 8: 1 }), /header requires/],
    ['with a flipped bit', Uint8Array.from(good, (byte, at) => (at === 100 ? byte ^ 1 : byte)), /digest/],
    ['with NaN or infinity', forge({ 16: 0, 17: 0, 18: 0xc0, 19: 0x7f }), /finite/],
    ['with NaN or infinity in a kernel', forge({ [good.length - 33]: 0x7f, [good.length - 34]: 0x80 }), /finite/],
    ['with an infinite float16', forge({ [halves.length - 33]: 0xfc, [halves.length - 34]: 0 }, halves), /finite/],
    ['with a slope of 0', forge({ 12: 0, 13: 0, 14: 0, 15: 0 }), /slope in them is 0/],
    ['with a slope above 1', forge({ 12: 1, 13: 0, 14: 0x80, 15: 0x3f }), /slope/],
    ['with a slope below 0', forge({ 15: 0xbd }), /slope/],
  ])('%s', (_, bytes, message) => {
    expect(() => readWeights(bytes as Uint8Array)).toThrow(
      expect.objectContaining({ name: 'EngineError', code: 'ENGINE_WEIGHTS' }),
    )
    expect(() => readWeights(bytes as Uint8Array)).toThrow(message)
  })
})

test('refuses to write layers that do not match each other', () => {
  const [first, ...rest] = createLayers(8, 2)
  expect(() => writeWeights(rest)).toThrow(expect.objectContaining({ code: 'ENGINE_WEIGHTS' }))
  expect(() => writeWeights([first!])).toThrow(expect.objectContaining({ code: 'ENGINE_WEIGHTS' }))
  expect(() => writeWeights([])).toThrow(expect.objectContaining({ code: 'ENGINE_WEIGHTS' }))
})
