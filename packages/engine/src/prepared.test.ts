import { expect, test } from 'vitest'
import { toHalf } from './half.ts'
import { layWeights } from './layout.ts'
import { compileModule } from './module.ts'
import { prepareNetwork } from './prepared.ts'
import { fromHalf } from './testing/half.ts'
import { createLayers } from './testing/network.ts'
import { readWeights, writeWeights } from './weights.ts'

const module = await compileModule()

const G = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
]

test('transforms kernels in float64 and rounds once', () => {
  const layers = createLayers(8, 1)
  const network = prepareNetwork(module, readWeights(writeWeights(layers)))
  const { kernel: place } = layWeights(network).layers[0]!
  const transformed = new Float32Array(network.memory.buffer, place, 36 * 4 * 8)
  for (let output = 0; output < 8; output++)
    for (let input = 0; input < 4; input++)
      for (let point = 0; point < 36; point++) {
        let sum = 0
        for (let line = 0; line < 3; line++)
          for (let column = 0; column < 3; column++) {
            const value = input < 3 ? layers[0]!.kernel[((output * 3 + input) * 3 + line) * 3 + column]! : 0
            sum += G[Math.floor(point / 6)]![line]! * value * G[point % 6]![column]!
          }
        expect(transformed[(point * 4 + input) * 8 + output]).toBeCloseTo(sum, 6)
      }
})

test('reads float16 numbers exactly', () => {
  // Subnormal, normal, both zeros.
  const layers = createLayers(8, 2)
  const [first] = layers
  const all = [0, 0x8000, 1, 0x83ff, 0x400, 0x3c00, 0xbc01, 0x7bff, 0xfbff]
  first!.kernel.set(all.map(fromHalf))
  const rounded = layers.map((layer) => ({ ...layer, kernel: layer.kernel.map((value) => fromHalf(toHalf(value))) }))
  const { memory } = prepareNetwork(module, readWeights(writeWeights(layers, 2)))
  expect(Buffer.compare(memory, prepareNetwork(module, readWeights(writeWeights(rounded))).memory)).toBe(0)
})
