/** Transforms kernels before use: `G g Gᵀ` of Winograd's F(4x4, 3x3), in float64, rounded once. */
import { OUTPUTS, POINTS } from './shapes'

/**
 * Transforms the kernels of a layer, `[outputs][inputs][3][3]`, to `[36][blocks][inputsRead][8]`, as `multiply` reads them. The target must be zeroed.
 * @param width bytes of a number: 4 (float32) or 2 (float16)
 * @param inputsRead input channels that are computed, at least `inputs`; @param blocks output channels, in eights
 * @param scratch room for 18 + 3 float64
 */
export function transformKernels(from: usize, width: i32, inputs: i32, outputs: i32, inputsRead: i32, blocks: i32, to: usize, scratch: usize): void {
  const halfway = scratch + 24
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++) {
      for (let column: usize = 0; column < 3; column++) {
        for (let line: usize = 0; line < 3; line++) {
          const at = from + (3 * line + column) * <usize>width
          store<f64>(scratch + 8 * line, width == 4 ? load<f32>(at) : fromHalf(load<u16>(at)))
        }
        for (let line = 0; line < 6; line++) store<f64>(halfway + (<usize>line * 3 + column) * 8, dot(line, scratch))
      }
      from += 9 * <usize>width
      for (let point = 0; point < POINTS; point++) {
        const place = ((point * blocks + output / OUTPUTS) * inputsRead + input) * OUTPUTS + output % OUTPUTS
        store<f32>(to + (<usize>place << 2), <f32>dot(point % 6, halfway + 24 * <usize>(point / 6)))
      }
    }
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
