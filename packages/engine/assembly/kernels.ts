/**
 * The inner loops of the engine: a 3x3 convolution by Winograd's F(4x4, 3x3), on a band of four rows.
 *
 * A tile is 4x4 pixels of the output. It depends on 6x6 pixels of the input; the transform of those has 36 values a channel, and what
 * is a convolution in pixels is there, for each of the 36 alone, a product of a matrix (tiles by input channels) and a matrix (input
 * channels by output channels). 36 multiplications for 16 pixels instead of 144. Lavin and Gray, Fast Algorithms for Convolutional
 * Neural Networks, 2015 (arXiv:1509.09308).
 *
 * Layouts, all of float32; `src/layout.ts` says where things stand:
 * - a row of pixels: slabs of 32 channels, `slab` bytes each; in a slab PIXEL bytes a pixel, whether all 32 channels exist or not;
 * - transformed input and products: 36 planes, `plane` bytes each, made of slabs like a row's, with tiles instead of pixels;
 * - a transformed kernel: for each of the 36, for each 8 output channels, for each input channel: 8 values.
 *
 * Nothing but additions, subtractions, multiplications and comparisons of float32, in an order that depends on nothing, so that every
 * processor and every compiler gets the same bits. No relaxed SIMD: a fused multiply-add rounds otherwise.
 */

/** Bytes of a pixel (or of a tile) in a slab. */
const PIXEL: usize = 128
const SLAB_CHANNELS: i32 = 32
/** Bytes of four channels. */
const VECTOR: usize = 16
/** Bytes between tiles that stand side by side. */
const TILE: usize = 4 * PIXEL
/** Bytes between lines of a 6x6 (or 4x6) block of vectors in `scratch`. */
const LINE: usize = 6 * VECTOR

/** Widens bytes to numbers: `pixels` pixels of three bytes each at `from` to pixels of a row at `to`, the fourth channel zero. Reads a byte more. */
export function widen(from: usize, to: usize, pixels: i32): void {
  const colours = i32x4(0x00ffffff, 0, 0, 0)
  for (let x = 0; x < pixels; x++) {
    const bytes = v128.and(v128.load32_zero(from), colours)
    v128.store(to, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes))))
    from += 3
    to += PIXEL
  }
}

/**
 * A layer on a band: convolution, bias, leaky ReLU.
 * @param rows six addresses: of the input rows, from the one above the band to the one below it, at the pixel to the left of the first tile
 * @param results four addresses: of the output rows, at the first tile's first pixel
 * @param slab bytes between slabs of a row, in input and output alike
 */
export function layer(
  rows: usize, inputs: i32, slab: usize,
  kernel: usize, bias: usize, slope: f32, results: usize, outputs: i32,
  tiles: i32, workspace: usize, products: usize, plane: usize, block: i32, scratch: usize,
): void {
  const slopes = f32x4.splat(slope)
  const blockSlab = <usize>block * PIXEL
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first)
    transformInput(rows, first, count, inputs, slab, workspace, plane, blockSlab, scratch)
    multiply(workspace, kernel, products, plane, blockSlab, count, inputs, outputs)
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
 * The last layer on a band: convolution to twelve channels (colours of 2x2 pixels, line by line), bias, plus the source's pixel; to bytes.
 * @param source bytes of the first tile's first pixel, `sourceStride` bytes a line; @param to bytes of the output, `stride` a line
 */
export function last(
  rows: usize, inputs: i32, slab: usize, kernel: usize, bias: usize,
  source: usize, sourceStride: usize, to: usize, stride: usize,
  tiles: i32, workspace: usize, products: usize, plane: usize, block: i32, scratch: usize,
): void {
  const blockSlab = <usize>block * PIXEL
  const details = scratch + 4 * LINE
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first)
    transformInput(rows, first, count, inputs, slab, workspace, plane, blockSlab, scratch)
    multiply(workspace, kernel, products, plane, blockSlab, count, inputs, 16)
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

/** Twelve values and the source's pixel to 2x2 pixels of bytes. What rounds (0.5) is a part of the bias, so fractions are cut off. */
// @ts-ignore: AssemblyScript's own
@inline
function writePixels(detail: usize, source: usize, to: usize, stride: usize): void {
  const black = f32x4.splat(0), white = f32x4.splat(255)
  const pixel = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(source))))
  let a = f32x4.add(v128.load(detail), v128.shuffle<i32>(pixel, pixel, 0, 1, 2, 0))
  let b = f32x4.add(v128.load(detail, 16), v128.shuffle<i32>(pixel, pixel, 1, 2, 0, 1))
  let c = f32x4.add(v128.load(detail, 32), v128.shuffle<i32>(pixel, pixel, 2, 0, 1, 2))
  a = f32x4.pmin(f32x4.pmax(a, black), white)
  b = f32x4.pmin(f32x4.pmax(b, black), white)
  c = f32x4.pmin(f32x4.pmax(c, black), white)
  const ab = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b))
  const cut = i32x4.trunc_sat_f32x4_s(c)
  const bytes = i8x16.narrow_i16x8_u(ab, i16x8.narrow_i32x4_s(cut, cut))
  v128.store_lane<i32>(to, bytes, 0)
  v128.store_lane<i16>(to, bytes, 2, 4)
  v128.store_lane<i16>(to + stride, bytes, 3)
  v128.store_lane<i32>(to + stride, bytes, 2, 2)
}

/** 6x6 pixels of each tile to 36 values: first down the columns, then along the rows. */
// @ts-ignore
@inline
function transformInput(rows: usize, first: i32, count: i32, inputs: i32, slab: usize, workspace: usize, plane: usize, blockSlab: usize, scratch: usize): void {
  const r0 = load<usize>(rows), r1 = load<usize>(rows, 4), r2 = load<usize>(rows, 8)
  const r3 = load<usize>(rows, 12), r4 = load<usize>(rows, 16), r5 = load<usize>(rows, 20)
  for (let t = 0; t < count; t++) {
    for (let channel = 0; channel < inputs; channel += 4) {
      const place = <usize>(channel & 31) << 2
      const inSlab = <usize>(channel >> 5)
      const at = inSlab * slab + <usize>(first + t) * TILE + place
      const p0 = r0 + at, p1 = r1 + at, p2 = r2 + at, p3 = r3 + at, p4 = r4 + at, p5 = r5 + at
      column(p0, p1, p2, p3, p4, p5, scratch)
      column(p0 + PIXEL, p1 + PIXEL, p2 + PIXEL, p3 + PIXEL, p4 + PIXEL, p5 + PIXEL, scratch + VECTOR)
      column(p0 + 2 * PIXEL, p1 + 2 * PIXEL, p2 + 2 * PIXEL, p3 + 2 * PIXEL, p4 + 2 * PIXEL, p5 + 2 * PIXEL, scratch + 2 * VECTOR)
      column(p0 + 3 * PIXEL, p1 + 3 * PIXEL, p2 + 3 * PIXEL, p3 + 3 * PIXEL, p4 + 3 * PIXEL, p5 + 3 * PIXEL, scratch + 3 * VECTOR)
      column(p0 + 4 * PIXEL, p1 + 4 * PIXEL, p2 + 4 * PIXEL, p3 + 4 * PIXEL, p4 + 4 * PIXEL, p5 + 4 * PIXEL, scratch + 4 * VECTOR)
      column(p0 + 5 * PIXEL, p1 + 5 * PIXEL, p2 + 5 * PIXEL, p3 + 5 * PIXEL, p4 + 5 * PIXEL, p5 + 5 * PIXEL, scratch + 5 * VECTOR)
      const v = workspace + inSlab * blockSlab + <usize>t * PIXEL + place
      const line: usize = 6 * plane
      row(scratch, v, plane)
      row(scratch + LINE, v + line, plane)
      row(scratch + 2 * LINE, v + 2 * line, plane)
      row(scratch + 3 * LINE, v + 3 * line, plane)
      row(scratch + 4 * LINE, v + 4 * line, plane)
      row(scratch + 5 * LINE, v + 5 * line, plane)
    }
  }
}

// @ts-ignore
@inline
function column(p0: usize, p1: usize, p2: usize, p3: usize, p4: usize, p5: usize, to: usize): void {
  toWinograd(v128.load(p0), v128.load(p1), v128.load(p2), v128.load(p3), v128.load(p4), v128.load(p5), to, LINE)
}

// @ts-ignore
@inline
function row(p: usize, to: usize, step: usize): void {
  toWinograd(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80), to, step)
}

/** Six values to six: the matrix B transposed of F(4, 3). */
// @ts-ignore
@inline
function toWinograd(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize): void {
  const four = f32x4.splat(4)
  const even = f32x4.sub(d4, f32x4.mul(four, d2)), odd = f32x4.sub(d3, f32x4.mul(four, d1))
  const outer = f32x4.sub(d4, d2), inner = f32x4.sub(d3, d1)
  const twice = f32x4.add(inner, inner)
  v128.store(to, f32x4.add(f32x4.mul(four, f32x4.sub(d0, d2)), outer))
  v128.store(to + step, f32x4.add(even, odd))
  v128.store(to + 2 * step, f32x4.sub(even, odd))
  v128.store(to + 3 * step, f32x4.add(outer, twice))
  v128.store(to + 4 * step, f32x4.sub(outer, twice))
  v128.store(to + 5 * step, f32x4.sub(f32x4.sub(d5, d3), f32x4.add(twice, twice)))
}

/**
 * The 36 products of matrices. Four tiles by eight channels at a time are what 16 registers hold: eight sums, two vectors of the kernel,
 * and what is multiplied. One step a turn: V8 in Node 20 reorders what stands in one block, and would spill an unrolled loop.
 */
// @ts-ignore
@inline
function multiply(workspace: usize, kernel: usize, products: usize, plane: usize, blockSlab: usize, tiles: i32, inputs: i32, outputs: i32): void {
  for (let k: usize = 0; k < 36; k++) {
    const input = workspace + k * plane, output = products + k * plane
    const kernels = kernel + k * <usize>(inputs * outputs * 4)
    for (let t = 0; t < tiles; t += 4) {
      const tile = <usize>t * PIXEL
      let weights = kernels
      for (let channel = 0; channel < outputs; channel += 8) {
        let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0)
        let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0)
        let slab = input + tile
        for (let rest = inputs; rest > 0; rest -= SLAB_CHANNELS) {
          let p = slab
          const end = p + (<usize>min(rest, SLAB_CHANNELS) << 2)
          do {
            const left = v128.load(weights), right = v128.load(weights, 16)
            const v0 = v128.load32_splat(p), v1 = v128.load32_splat(p, 128), v2 = v128.load32_splat(p, 256), v3 = v128.load32_splat(p, 384)
            a0 = f32x4.add(a0, f32x4.mul(v0, left))
            b0 = f32x4.add(b0, f32x4.mul(v0, right))
            a1 = f32x4.add(a1, f32x4.mul(v1, left))
            b1 = f32x4.add(b1, f32x4.mul(v1, right))
            a2 = f32x4.add(a2, f32x4.mul(v2, left))
            b2 = f32x4.add(b2, f32x4.mul(v2, right))
            a3 = f32x4.add(a3, f32x4.mul(v3, left))
            b3 = f32x4.add(b3, f32x4.mul(v3, right))
            p += 4
            weights += 32
          } while (p < end)
          slab += blockSlab
        }
        const to = output + <usize>(channel >> 5) * blockSlab + tile + (<usize>(channel & 31) << 2)
        v128.store(to, a0)
        v128.store(to, b0, 16)
        v128.store(to, a1, 128)
        v128.store(to, b1, 144)
        v128.store(to, a2, 256)
        v128.store(to, b2, 272)
        v128.store(to, a3, 384)
        v128.store(to, b3, 400)
      }
    }
  }
}

/** 36 products to four rows of six in `scratch`: down the columns. `finishRow` and `collectRow` go along the rows. */
// @ts-ignore
@inline
function transformOutput(m: usize, plane: usize, scratch: usize): void {
  const line: usize = 6 * plane
  for (let j: usize = 0; j < 6; j++) {
    const p = m + j * plane
    const m0 = v128.load(p), m1 = v128.load(p + line), m2 = v128.load(p + 2 * line)
    const m3 = v128.load(p + 3 * line), m4 = v128.load(p + 4 * line), m5 = v128.load(p + 5 * line)
    const to = scratch + j * VECTOR
    const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
    const four = f32x4.splat(4)
    const twice = f32x4.add(e, e)
    v128.store(to, f32x4.add(f32x4.add(m0, s), u))
    v128.store(to, f32x4.add(d, twice), LINE)
    v128.store(to, f32x4.add(s, f32x4.mul(four, u)), 2 * LINE)
    v128.store(to, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5), 3 * LINE)
  }
}

// @ts-ignore
@inline
function finishRow(p: usize, bias: v128, slopes: v128, to: usize): void {
  const m0 = v128.load(p), m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64), m5 = v128.load(p, 80)
  const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
  const four = f32x4.splat(4)
  const twice = f32x4.add(e, e)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(f32x4.add(m0, s), u)), slopes))
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(d, twice)), slopes), 128)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(s, f32x4.mul(four, u))), slopes), 256)
  v128.store(to, leaky(f32x4.add(bias, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5)), slopes), 384)
}

// @ts-ignore
@inline
function leaky(y: v128, slopes: v128): v128 {
  return f32x4.pmax(y, f32x4.mul(slopes, y))
}

// @ts-ignore
@inline
function collectRow(p: usize, bias: v128, to: usize): void {
  const m0 = v128.load(p), m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64), m5 = v128.load(p, 80)
  const s = f32x4.add(m1, m2), d = f32x4.sub(m1, m2), u = f32x4.add(m3, m4), e = f32x4.sub(m3, m4)
  const four = f32x4.splat(4)
  const twice = f32x4.add(e, e)
  v128.store(to, f32x4.add(bias, f32x4.add(f32x4.add(m0, s), u)))
  v128.store(to, f32x4.add(bias, f32x4.add(d, twice)), 48)
  v128.store(to, f32x4.add(bias, f32x4.add(s, f32x4.mul(four, u))), 96)
  v128.store(to, f32x4.add(bias, f32x4.add(f32x4.add(d, f32x4.mul(four, twice)), m5)), 144)
}
