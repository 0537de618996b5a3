import type { Layer } from './weights.ts'

/** The matrix G of F(4x4, 3x3), with the points 0, 1, -1, 2, -2 and infinity. B and A stand in `assembly/input.ts` and `assembly/output.ts`. */
const G = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const

/** Of the 6x6 values that a 3x3 kernel becomes. */
export const POINTS = 36
/** Output channels that the inner loop computes at a time. */
const OUTPUTS = 8

/**
 * A layer's kernels as the inner loop reads them: `[36][outputs / 8][inputs][8]`, missing channels zero. Computed in float64 and rounded once.
 * @param inputs input channels that the loop reads, at least the layer's
 * @param outputs output channels that the loop writes, a multiple of 8, at least the layer's
 */
export function transformKernels(layer: Layer, inputs: number, outputs: number): Float32Array {
  const transformed = new Float32Array(POINTS * inputs * outputs)
  const blocks = outputs / OUTPUTS
  for (let output = 0; output < layer.outputs; output++) {
    const block = Math.floor(output / OUTPUTS)
    for (let input = 0; input < layer.inputs; input++) {
      const values = transformKernel(layer.kernel, (output * layer.inputs + input) * 9)
      for (let point = 0; point < POINTS; point++)
        transformed[((point * blocks + block) * inputs + input) * OUTPUTS + (output % OUTPUTS)] = values[point]!
    }
  }
  return transformed
}

const half = new Float64Array(18)
const whole = new Float64Array(POINTS)

/** `G g Gᵀ` of the 3x3 kernel that begins at `at`. */
function transformKernel(kernel: Float32Array, at: number): Float64Array {
  for (const [line, [a, b, c]] of G.entries())
    for (let column = 0; column < 3; column++)
      half[line * 3 + column] = a * kernel[at + column]! + b * kernel[at + 3 + column]! + c * kernel[at + 6 + column]!
  for (let line = 0; line < 6; line++)
    for (const [column, [a, b, c]] of G.entries())
      whole[line * 6 + column] = a * half[line * 3]! + b * half[line * 3 + 1]! + c * half[line * 3 + 2]!
  return whole
}
