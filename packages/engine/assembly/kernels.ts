/**
 * The inner loops of the engine: a 3x3 convolution by Winograd's F(4x4, 3x3), on a band of four rows.
 *
 * A tile is 4x4 pixels of the output. It depends on 6x6 pixels of the input, which are transformed to 36 values per channel. For each of
 * the 36, the convolution becomes a product of two matrices: tiles by input channels, and input channels by output channels. This takes
 * 36 multiplications for 16 pixels instead of 144. Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015
 * (arXiv:1509.09308).
 *
 * The products are of 16-bit integers, of which a processor multiplies twice as many at a time as of float32. For each tile and each of the
 * 36, the input channels are rounded relative to their norm, and so are the kernels. The error is about twice that of weights of float16.
 *
 * Layouts; `src/layout.ts` assigns the addresses:
 * - a row of pixels: slabs of 32 channels of float32, `slab` bytes each; a slab has PIXEL bytes per pixel, even if fewer than 32 channels exist;
 * - transformed input, in the workspace: a factor for each of the 36 and each tile, `[36][block]`; then 36 planes, made of slabs like a row, with
 *   tiles instead of pixels and 16-bit integers. Within eight channels, the order is 0, 4, 1, 5, 2, 6, 3, 7;
 * - products: 36 planes of float32;
 * - a transformed kernel: for each of the 36, for each 8 output channels, for each two input channels (in that order): 8 pairs of 16-bit integers;
 *   then a factor for each output channel.
 *
 * Only additions, subtractions, multiplications, divisions, square roots and comparisons of float32, in a fixed order, and of integers, so that every
 * processor and every compiler produces the same bits. No relaxed SIMD, because a fused multiply-add rounds differently.
 */

import { writePixels } from './bytes'
import { transformInput } from './input'
import { collectRow, finishRow, transformOutput } from './output'
import { multiply } from './products'
import { LINE, PIXEL, planeOf, TILE, VECTOR } from './shapes'

/** Output channels of the last layer: twelve, rounded up to a multiple of OUTPUTS. */
const LAST_OUTPUTS: i32 = 16

export { widen } from './bytes'
export { transformKernels } from './weights'

/**
 * Computes a band of a layer: convolution, bias, leaky ReLU.
 * @param rows six addresses: of the input rows, from the one above the band to the one below it, at the pixel to the left of the first tile
 * @param results four addresses: of the output rows, at the first tile's first pixel
 * @param slab bytes between slabs of a row, in input and output
 */
export function layer(
  rows: usize, inputs: i32, slab: usize,
  kernel: usize, bias: usize, slope: f32, results: usize, outputs: i32,
  tiles: i32, workspace: usize, products: usize, block: i32, scratch: usize,
): void {
  const slopes = f32x4.splat(slope)
  const blockSlab = <usize>block * PIXEL, plane = planeOf(outputs, block, PIXEL)
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first)
    transformInput(rows, first, count, inputs, slab, workspace, block, scratch)
    multiply(workspace, kernel, products, block, count, inputs, outputs)
    const r0 = load<usize>(results), r1 = load<usize>(results, 4), r2 = load<usize>(results, 8), r3 = load<usize>(results, 12)
    for (let t = 0; t < count; t++) {
      for (let channel = 0; channel < outputs; channel += 4) {
        const place = <usize>(channel & 31) << 2
        const inSlab = <usize>(channel >> 5)
        transformOutput(products + inSlab * blockSlab + <usize>t * PIXEL + place, plane, scratch)
        const base = v128.load(bias + (<usize>channel << 2))
        const at = inSlab * slab + <usize>(first + t) * TILE + place
        finishRow(scratch, base, slopes, r0 + at)
        finishRow(scratch + LINE, base, slopes, r1 + at)
        finishRow(scratch + 2 * LINE, base, slopes, r2 + at)
        finishRow(scratch + 3 * LINE, base, slopes, r3 + at)
      }
    }
  }
}

/**
 * Computes a band of the last layer: convolution to twelve channels (colours of 2x2 pixels, line by line), bias, plus the source pixel; to bytes.
 * @param source bytes of the first tile's first pixel, `sourceStride` bytes per line; @param to bytes of the output, `stride` per line
 */
export function last(
  rows: usize, inputs: i32, slab: usize, kernel: usize, bias: usize,
  source: usize, sourceStride: usize, to: usize, stride: usize,
  tiles: i32, workspace: usize, products: usize, block: i32, scratch: usize,
): void {
  const plane = planeOf(LAST_OUTPUTS, block, PIXEL)
  const details = scratch + 4 * LINE
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first)
    transformInput(rows, first, count, inputs, slab, workspace, block, scratch)
    multiply(workspace, kernel, products, block, count, inputs, LAST_OUTPUTS)
    for (let t = 0; t < count; t++) {
      for (let c: usize = 0; c < 3; c++) {
        transformOutput(products + <usize>t * PIXEL + c * VECTOR, plane, scratch)
        const base = v128.load(bias + c * VECTOR)
        for (let y: usize = 0; y < 4; y++) collectRow(scratch + y * LINE, base, details + y * 12 * VECTOR + c * VECTOR)
      }
      for (let y: usize = 0; y < 4; y++) {
        for (let x: usize = 0; x < 4; x++) {
          const column = (<usize>(first + t) << 2) + x
          writePixels(details + (y * 4 + x) * 3 * VECTOR, source + y * sourceStride + column * 3, to + 2 * y * stride + column * 6, stride)
        }
      }
    }
  }
}
