import { expect, test } from 'vitest'
import { toHalf } from './half.ts'
import { computedShape, layWeights, POINTS } from './layout.ts'
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

/** The integers and the factor of one output channel at one point. Pairs of input channels are four apart. */
function readKernel(
  memory: Uint8Array<ArrayBuffer>,
  kernel: number,
  inputs: number,
  outputs: number,
  point: number,
  output: number,
) {
  const at = kernel + point * outputs * (2 * inputs + 4)
  const view = new DataView(memory.buffer)
  const integers = Array.from({ length: inputs }, (_, input) => {
    const pair = 4 * Math.floor(input / 8) + (input % 4)
    const place = Math.floor(output / 8) * (inputs / 2) * 16 + pair * 16 + (output % 8) * 2 + (Math.floor(input / 4) % 2)
    return view.getInt16(at + 2 * place, true)
  })
  return { integers, factor: view.getFloat32(at + 2 * inputs * outputs + 4 * output, true) }
}

test('transforms kernels in float64 and rounds them once, as finely as their norm allows', () => {
  const layers = createLayers(16, 1)
  const network = prepareNetwork(module, readWeights(writeWeights(layers)))
  for (const [index, { kernel, inputs, outputs }] of layers.entries()) {
    const { kernel: place } = layWeights(network).layers[index]!
    const computed = computedShape({ inputs, outputs })
    for (let output = 0; output < outputs; output++)
      for (let point = 0; point < POINTS; point++) {
        const { integers, factor } = readKernel(network.memory, place, computed.inputs, computed.outputs, point, output)
        for (let input = 0; input < computed.inputs; input++) {
          let sum = 0
          for (let line = 0; line < 3; line++)
            for (let column = 0; column < 3; column++) {
              const value = input < inputs ? kernel[((output * inputs + input) * 3 + line) * 3 + column]! : 0
              sum += G[Math.floor(point / 6)]![line]! * value * G[point % 6]![column]!
            }
          expect(Math.abs(integers[input]! - sum / factor)).toBeLessThan(0.51)
        }
        const norm = Math.hypot(...integers)
        expect(norm).toBeLessThan(65_010)
        expect(Math.max(norm / 65_000, Math.max(...integers.map(Math.abs)) / 32_767)).toBeGreaterThan(0.999)
      }
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
