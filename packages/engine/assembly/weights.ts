/** Transforms kernels before use: `G g Gᵀ` of Winograd's F(4x4, 3x3), in float64, then rounded to integers. */
import { kernelOf, KERNEL_NORM, OUTPUTS, POINTS } from './shapes'

/**
 * Transforms the kernels of a layer, `[outputs][inputs][3][3]`, to the layout that `multiply` reads, described in `kernels.ts`. The target must be zeroed.
 * @param width bytes of a number: 4 (float32) or 2 (float16)
 * @param inputsRead input channels and @param outputsMade output channels that are computed, multiples of eight: the others are zero
 * @param scratch room for 21 + 36 * `inputs` float64
 */
export function transformKernels(from: usize, width: i32, inputs: i32, outputs: i32, inputsRead: i32, outputsMade: i32, to: usize, scratch: usize): void {
  const values = scratch + 21 * 8
  const size = kernelOf(inputsRead, outputsMade)
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      transformKernel(from, width, values + (<usize>input << 3), <usize>inputs << 3, scratch)
      from += 9 * <usize>width
    }
    for (let point: usize = 0; point < POINTS; point++) {
      const row = values + point * (<usize>inputs << 3), kernel = to + point * size
      const scale = scaleOf(row, inputs)
      for (let input = 0; input < inputs; input++) {
        // Pairs of channels that are four apart, as `transformInput` packs them.
        const pair = (input & ~7) / 2 + (input & 3), half = (input >> 2) & 1
        const place = ((output / OUTPUTS * (inputsRead / 2) + pair) * OUTPUTS + output % OUTPUTS) * 2 + half
        store<i16>(kernel + (<usize>place << 1), <i16>nearest(scale * load<f64>(row + (<usize>input << 3))))
      }
      store<f32>(kernel + <usize>(2 * inputsRead * outputsMade + 4 * output), <f32>(1 / scale))
    }
  }
}

/** Writes the 36 values of one 3x3 kernel, `step` bytes apart. */
// @ts-ignore: AssemblyScript has decorators for functions
@inline
function transformKernel(from: usize, width: i32, to: usize, step: usize, scratch: usize): void {
  const halfway = scratch + 3 * 8
  for (let column: usize = 0; column < 3; column++) {
    for (let line: usize = 0; line < 3; line++) {
      const at = from + (3 * line + column) * <usize>width
      store<f64>(scratch + 8 * line, width == 4 ? load<f32>(at) : fromHalf(load<u16>(at)))
    }
    for (let line = 0; line < 6; line++) store<f64>(halfway + (<usize>line * 3 + column) * 8, dot(line, scratch))
  }
  for (let point = 0; point < <i32>POINTS; point++, to += step) store<f64>(to, dot(point % 6, halfway + 24 * <usize>(point / 6)))
}

/** What the values of one output channel are multiplied by: as much as their norm, and 16 bits for each, allow. */
// @ts-ignore
@inline
function scaleOf(values: usize, count: i32): f64 {
  let squares: f64 = 0, largest: f64 = 0
  for (let index = 0; index < count; index++) {
    const value = load<f64>(values + (<usize>index << 3))
    squares += value * value
    largest = max(largest, abs(value))
  }
  return largest > 0 ? min(KERNEL_NORM / sqrt(squares), 32767 / largest) : 1
}

/** Multiplies three values by a line of the matrix G, whose points are 0, 1, -1, 2, -2 and infinity. The matrices B and A are in `input.ts` and `output.ts`. */
function dot(line: i32, values: usize): f64 {
  const a = load<f64>(values), b = load<f64>(values, 8), c = load<f64>(values, 16)
  if (line == 0) return a * (1.0 / 4)
  if (line == 1) return a * (-1.0 / 6) + b * (-1.0 / 6) + c * (-1.0 / 6)
  if (line == 2) return a * (-1.0 / 6) + b * (1.0 / 6) + c * (-1.0 / 6)
  if (line == 3) return a * (1.0 / 24) + b * (1.0 / 12) + c * (1.0 / 6)
  if (line == 4) return a * (1.0 / 24) + b * (-1.0 / 12) + c * (1.0 / 6)
  return c
}

/** Converts a float16 to float32, exactly. Exponent and fraction are shifted to their float32 position; 2^112 corrects the exponent's bias. */
function fromHalf(bits: u32): f32 {
  return reinterpret<f32>((bits & 0x8000) << 16 | (bits & 0x7fff) << 13) * reinterpret<f32>(0x77800000)
}
